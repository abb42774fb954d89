-- Units that lines which name a location that moved wait for are to come from its new pool.
-- in:    order_ids uuid[], line_ns int[], component_ns int[], new_pool_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  backorder_pkey
UPDATE backorder AS b
SET pool_id = d.pool_id
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[]) AS d (order_id, line_n, component_n, pool_id)
WHERE b.order_id = d.order_id AND b.line_n = d.line_n AND b.component_n = d.component_n
