-- Whose orders are, and in which currency.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, customer_pkey
SELECT o.id, o.customer_id, o.currency, c.erased_at IS NOT NULL AS erased
FROM orders AS o
LEFT JOIN customer AS c ON c.id = o.customer_id
WHERE o.id = ANY ($1::uuid[])
