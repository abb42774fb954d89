-- Promises of orders with what their lines say of where they are handed over.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  promise_pkey, order_line_pkey, orders_pkey
SELECT p.order_id, p.line_n, p.component_n, p.pool_id, p.sku_id, p.quantity, l.location_id, l.delivery, o.promised_on,
       o.promise_zone
FROM promise AS p
JOIN order_line AS l ON l.order_id = p.order_id AND l.n = p.line_n
JOIN orders AS o ON o.id = p.order_id
WHERE p.order_id = ANY ($1::uuid[])
ORDER BY p.order_id, p.line_n, p.component_n, p.pool_id
