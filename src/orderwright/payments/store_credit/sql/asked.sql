-- What requests are about: the payment, its order, whose that is, and the act that asked.
-- in:    request_ids uuid[]
-- locks: nothing: whose an order is changes only while its accounts are locked, and the rest never
-- uses:  payment_request_pkey, payment_pkey, orders_pkey
SELECT r.id, r.payment_id, r.order_id, o.customer_id, r.act_id
FROM payment_request AS r
JOIN payment AS p ON p.id = r.payment_id
JOIN orders AS o ON o.id = p.order_id
WHERE r.id = ANY ($1::uuid[])
