-- Remove backorders that are wholly met.
-- in:    order_ids uuid[], line_ns int[], component_ns int[], quantities int[]
-- locks: rows of orders that the caller holds locked
-- uses:  backorder_pkey
DELETE FROM backorder AS b
USING unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[]) AS d (order_id, line_n, component_n, quantity)
WHERE b.order_id = d.order_id AND b.line_n = d.line_n AND b.component_n = d.component_n AND b.quantity = d.quantity
