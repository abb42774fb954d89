-- Say which SKU lines are that were not understood before.
-- in:    order_ids uuid[], line_ns int[], sku_ids uuid[], names text[], deliveries text[]
-- locks: rows of orders that the caller holds locked
-- uses:  order_line_pkey
UPDATE order_line AS l SET sku_id = d.sku_id, name = coalesce(l.name, d.name), delivery = d.delivery
FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[]) AS d (order_id, line_n, sku_id, name, delivery)
WHERE l.order_id = d.order_id AND l.n = d.line_n
