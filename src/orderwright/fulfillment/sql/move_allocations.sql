-- Add to the quantities of allocations.
-- in:    fulfillment_ids uuid[], line_ns int[], component_ns int[], then int[] for each of quantity, picked, packed,
--        shipped, delivered
-- locks: rows of orders that the caller holds locked
-- uses:  allocation_pkey
UPDATE allocation AS a
SET quantity = a.quantity + d.quantity, picked = a.picked + d.picked, packed = a.packed + d.packed,
    shipped = a.shipped + d.shipped, delivered = a.delivered + d.delivered
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::integer[],
            $8::integer[])
     AS d (fulfillment_id, line_n, component_n, quantity, picked, packed, shipped, delivered)
WHERE a.fulfillment_id = d.fulfillment_id AND a.line_n = d.line_n AND a.component_n = d.component_n
