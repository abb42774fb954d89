-- Say anew of supplies that are locked already when they come and how much.
-- in:    supply_ids uuid[], dates date[], quantities int[], preordered int[], references text[] (NULL: it stays)
-- locks: none that the caller does not hold
-- uses:  supply_pkey
UPDATE supply AS s
SET due_on = d.due_on, quantity = d.quantity, preordered = d.preordered, reference = coalesce(d.reference, s.reference),
    version = s.version + 1
FROM unnest($1::uuid[], $2::date[], $3::integer[], $4::integer[], $5::text[])
     AS d (id, due_on, quantity, preordered, reference)
WHERE s.id = d.id
RETURNING s.id, s.version
