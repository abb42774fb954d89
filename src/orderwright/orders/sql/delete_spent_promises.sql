-- Remove promises that are wholly taken.
-- in:    order_ids uuid[], line_ns int[], component_ns int[], pool_ids uuid[], quantities int[]
-- locks: rows of orders that the caller holds locked
-- uses:  promise_pkey
DELETE FROM promise AS p
USING unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::integer[])
     AS d (order_id, line_n, component_n, pool_id, quantity)
WHERE p.order_id = d.order_id AND p.line_n = d.line_n AND p.component_n = d.component_n AND p.pool_id = d.pool_id
      AND p.quantity = d.quantity
