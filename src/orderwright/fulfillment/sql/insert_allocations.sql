-- Write what new fulfillments have to bring.
-- in:    fulfillment_ids uuid[], line_ns int[], component_ns int[], order_ids uuid[], sku_ids uuid[],
--        location_ids uuid[], pool_ids uuid[], quantities int[]
-- locks: nothing
-- uses:  allocation_pkey
INSERT INTO allocation (fulfillment_id, line_n, component_n, order_id, sku_id, location_id, pool_id, quantity)
SELECT a.fulfillment_id, a.line_n, a.component_n, a.order_id, a.sku_id, a.location_id, a.pool_id, a.quantity
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::integer[])
     AS a (fulfillment_id, line_n, component_n, order_id, sku_id, location_id, pool_id, quantity)
