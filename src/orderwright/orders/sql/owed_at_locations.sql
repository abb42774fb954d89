-- Units that lines which name one of these locations are promised or wait for, and that no location holds for them yet.
-- in:    location_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  the whole of promise and of backorder, which hold what is still open; order_line_pkey
SELECT p.order_id, p.line_n, p.component_n, p.pool_id, p.sku_id, p.quantity, l.location_id, false AS waits
FROM promise AS p
JOIN order_line AS l ON l.order_id = p.order_id AND l.n = p.line_n
WHERE l.location_id = ANY ($1::uuid[])
UNION ALL
SELECT b.order_id, b.line_n, b.component_n, b.pool_id, b.sku_id, b.quantity, l.location_id, true
FROM backorder AS b
JOIN order_line AS l ON l.order_id = b.order_id AND l.n = b.line_n
WHERE l.location_id = ANY ($1::uuid[])
ORDER BY order_id, line_n, component_n
