-- Queue units that wait for supply.
-- in:    order_ids uuid[], line_ns int[], component_ns int[], pool_ids uuid[], sku_ids uuid[], supply_ids uuid[],
--        priorities int[], quantities int[]
-- locks: nothing
-- uses:  backorder_pkey
INSERT INTO backorder AS w (order_id, line_n, component_n, pool_id, sku_id, supply_id, priority, quantity)
SELECT b.order_id, b.line_n, b.component_n, b.pool_id, b.sku_id, b.supply_id, b.priority, b.quantity
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::uuid[], $6::uuid[], $7::integer[],
            $8::integer[])
     AS b (order_id, line_n, component_n, pool_id, sku_id, supply_id, priority, quantity)
ON CONFLICT (order_id, line_n, component_n) DO UPDATE SET quantity = w.quantity + excluded.quantity
