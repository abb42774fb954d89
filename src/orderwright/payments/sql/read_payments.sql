-- The payments of orders, with what is asked of their providers and has no answer yet.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  payment_order_idx, payment_request_payment_idx, payment_reference_idx
SELECT p.id, p.order_id, p.n, p.method, p.provider, p.reference, p.amount_minor, p.authorized_minor, p.released_minor,
       p.captured_minor, p.capturing_minor, p.refunded_minor, p.refunding_minor, p.expires_at, p.due_on, p.refused_code,
       ARRAY(SELECT r.kind FROM payment_request AS r
             WHERE r.payment_id = p.id AND r.state IN ('wanted', 'sent') ORDER BY r.id) AS under_way,
       EXISTS (SELECT 1 FROM payment AS q
               WHERE q.reference = p.reference AND q.provider = p.provider AND q.id <> p.id) AS shared
FROM payment AS p
WHERE p.order_id = ANY ($1::uuid[])
ORDER BY p.order_id, p.n
