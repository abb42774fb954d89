-- Say what components of lines are that were not understood: of a kit this one becomes its first part.
-- in:    order_ids uuid[], line_ns int[], component_ns int[], sku_ids uuid[], ordered int[], cancelled int[], pending int[]
-- locks: rows of orders that the caller holds locked
-- uses:  component_pkey
UPDATE component AS c SET sku_id = d.sku_id, ordered = d.ordered, cancelled = d.cancelled, pending = d.pending
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::integer[], $6::integer[], $7::integer[])
     AS d (order_id, line_n, n, sku_id, ordered, cancelled, pending)
WHERE c.order_id = d.order_id AND c.line_n = d.line_n AND c.n = d.n
