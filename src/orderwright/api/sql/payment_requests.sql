-- What was asked of the providers of an order's payments, oldest first; a thousand at most.
-- in:    order_id uuid
-- locks: nothing
-- uses:  payment_order_idx, payment_request_payment_idx
SELECT r.id, r.payment_id, r.kind, r.amount_minor, r.final, r.state, r.code, r.created_at, r.sent_at, r.finished_at
FROM payment AS p
JOIN payment_request AS r ON r.payment_id = p.id
WHERE p.order_id = $1
ORDER BY r.id
LIMIT 1000
