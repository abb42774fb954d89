-- What orders' lines are called.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  order_line_pkey, sku_pkey
SELECT l.order_id, l.n, l.sku_code, coalesce(l.name, s.name) AS name
FROM order_line AS l
LEFT JOIN sku AS s ON s.id = l.sku_id
WHERE l.order_id = ANY ($1::uuid[])
