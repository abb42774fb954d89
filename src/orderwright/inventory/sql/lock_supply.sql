-- Lock supplies in id order and read their newest committed state.
-- in:    supply_ids uuid[]
-- locks: supply (id order), FOR UPDATE
-- uses:  supply_pkey
SELECT s.id, s.sku_id, s.pool_id, s.due_on, s.quantity, s.preordered
FROM supply AS s
WHERE s.id = ANY ($1::uuid[])
ORDER BY s.id
FOR UPDATE
