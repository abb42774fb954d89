-- Say which SKU a component is, where it was not understood before.
-- in:    order_ids uuid[], line_ns int[], component_ns int[], sku_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  component_pkey
UPDATE component AS c SET sku_id = d.sku_id
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[]) AS d (order_id, line_n, n, sku_id)
WHERE c.order_id = d.order_id AND c.line_n = d.line_n AND c.n = d.n AND c.sku_id IS NULL
