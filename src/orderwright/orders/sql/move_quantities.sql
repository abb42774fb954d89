-- Add to the quantities of components. The check component_g4 fails the transaction unless the sum stays the same.
-- in:    order_ids uuid[], line_ns int[], ns int[], then int[] for each of pending, external, cancelled, backordered,
--        promised, allocated, picked, packed, shipped, delivered
-- locks: rows of orders that the caller holds locked
-- uses:  component_pkey
UPDATE component AS c
SET pending = c.pending + d.pending,
    external = c.external + d.external,
    cancelled = c.cancelled + d.cancelled,
    backordered = c.backordered + d.backordered,
    promised = c.promised + d.promised,
    allocated = c.allocated + d.allocated,
    picked = c.picked + d.picked,
    packed = c.packed + d.packed,
    shipped = c.shipped + d.shipped,
    delivered = c.delivered + d.delivered
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::integer[],
            $8::integer[], $9::integer[], $10::integer[], $11::integer[], $12::integer[], $13::integer[])
     AS d (order_id, line_n, n, pending, external, cancelled, backordered, promised, allocated, picked, packed,
           shipped, delivered)
WHERE c.order_id = d.order_id AND c.line_n = d.line_n AND c.n = d.n
