-- The lines of orders as a withdrawal sees them: what they are called, and what their SKU's attributes say against it.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  orders_pkey, order_line_pkey, sku_pkey
SELECT l.order_id, l.n AS line_n, l.sku_code AS code, coalesce(l.name, s.name) AS name,
       s.attributes ->> 'withdrawal_exempt' AS exemption, o.kind
FROM orders AS o
JOIN order_line AS l ON l.order_id = o.id
LEFT JOIN sku AS s ON s.id = l.sku_id
WHERE o.id = ANY ($1::uuid[])
ORDER BY l.order_id, l.n
