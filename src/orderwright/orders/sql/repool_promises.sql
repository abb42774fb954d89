-- Promises of lines that name a location that moved are of its new pool.
-- in:    order_ids uuid[], line_ns int[], component_ns int[], pool_ids uuid[] (as they are), new_pool_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  promise_pkey
UPDATE promise AS p
SET pool_id = d.new_pool_id
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::uuid[])
     AS d (order_id, line_n, component_n, pool_id, new_pool_id)
WHERE p.order_id = d.order_id AND p.line_n = d.line_n AND p.component_n = d.component_n AND p.pool_id = d.pool_id
