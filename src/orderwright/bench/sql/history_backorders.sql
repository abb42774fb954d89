-- Backorders of a made-up history, on the first pool.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_status_idx, component_pkey
INSERT INTO backorder (order_id, line_n, component_n, pool_id, sku_id, priority, quantity)
SELECT c.order_id, c.line_n, c.n, p.id, c.sku_id, 0, c.backordered
FROM orders AS o
JOIN component AS c ON c.order_id = o.id
CROSS JOIN (SELECT id FROM pool ORDER BY code LIMIT 1) AS p
WHERE o.status = 'backordered' AND o.number BETWEEN $1::bigint AND $2::bigint
