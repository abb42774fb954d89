-- Promises behind the placed orders of a made-up history, from the first pool.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_status_idx, component_pkey
INSERT INTO promise (order_id, line_n, component_n, pool_id, sku_id, quantity)
SELECT c.order_id, c.line_n, c.n, p.id, c.sku_id, c.promised
FROM orders AS o
JOIN component AS c ON c.order_id = o.id
CROSS JOIN (SELECT id FROM pool ORDER BY code LIMIT 1) AS p
WHERE o.status = 'placed' AND o.number BETWEEN $1::bigint AND $2::bigint
