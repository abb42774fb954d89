-- Add to supplies that are locked already.
-- in:    supply_ids uuid[], quantities int[], preordered int[]
-- locks: none that the caller does not hold
-- uses:  supply_pkey
UPDATE supply AS s
SET quantity = s.quantity + d.quantity, preordered = s.preordered + d.preordered, version = s.version + 1
FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS d (id, quantity, preordered)
WHERE s.id = d.id
