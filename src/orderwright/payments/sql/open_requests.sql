-- What is asked of the providers of payments and has no answer yet, the oldest of each payment.
-- in:    payment_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  payment_request_payment_idx, payment_pkey, orders_pkey
SELECT r.id, r.payment_id, r.order_id, r.kind, r.amount_minor, r.final, r.state, r.sent_at, r.subject_id, o.currency,
       p.provider, p.reference, p.token
FROM unnest($1::uuid[]) AS k (payment_id)
CROSS JOIN LATERAL (
    SELECT q.id, q.payment_id, q.order_id, q.kind, q.amount_minor, q.final, q.state, q.sent_at, q.subject_id
    FROM payment_request AS q
    WHERE q.payment_id = k.payment_id AND q.state IN ('wanted', 'sent')
    ORDER BY q.id
    LIMIT 1
) AS r
JOIN payment AS p ON p.id = r.payment_id
JOIN orders AS o ON o.id = r.order_id
ORDER BY r.id
