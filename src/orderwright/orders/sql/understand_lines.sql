-- Say which SKU a line is, where it was not understood before.
-- in:    order_ids uuid[], line_ns int[], component_ns int[] (unused), sku_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  order_line_pkey
UPDATE order_line AS l SET sku_id = d.sku_id
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[]) AS d (order_id, line_n, n, sku_id)
WHERE l.order_id = d.order_id AND l.n = d.line_n AND l.sku_id IS NULL
