-- What is announced to come back, by return and SKU: of kits, their parts.
-- in:    return_ids uuid[]
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  return_line_pkey, order_line_pkey, component_pkey, sku_pkey
SELECT r.return_id, k.code AS sku, sum(r.quantity * (c.ordered / l.quantity))::bigint AS units
FROM return_line AS r
JOIN order_line AS l ON l.order_id = r.order_id AND l.n = r.line_n
JOIN component AS c ON c.order_id = r.order_id AND c.line_n = r.line_n
JOIN sku AS k ON k.id = c.sku_id
WHERE r.return_id = ANY ($1::uuid[]) AND r.quantity > 0
GROUP BY r.return_id, k.code
ORDER BY r.return_id, k.code
