-- Add to promises: units of a pool's ATP that a component took.
-- in:    order_ids uuid[], line_ns int[], component_ns int[], pool_ids uuid[], sku_ids uuid[], quantities int[]
-- locks: rows of orders that the caller holds locked or has made
-- uses:  promise_pkey
INSERT INTO promise AS p (order_id, line_n, component_n, pool_id, sku_id, quantity)
SELECT d.order_id, d.line_n, d.component_n, d.pool_id, d.sku_id, d.quantity
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::uuid[], $6::integer[])
     AS d (order_id, line_n, component_n, pool_id, sku_id, quantity)
ON CONFLICT (order_id, line_n, component_n, pool_id) DO UPDATE SET quantity = p.quantity + excluded.quantity
