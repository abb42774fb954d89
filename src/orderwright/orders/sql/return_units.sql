-- Units of components came back, or went to the customer again (negative). The table's check keeps them within what
-- was shipped.
-- in:    order_ids uuid[], line_ns int[], ns int[], units int[]
-- locks: rows of orders that the caller holds locked
-- uses:  component_pkey
UPDATE component AS c
SET returned = c.returned + d.units
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[]) AS d (order_id, line_n, n, units)
WHERE c.order_id = d.order_id AND c.line_n = d.line_n AND c.n = d.n
