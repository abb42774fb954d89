-- Dated supplies as they are now.
-- in:    supply_ids uuid[]
-- locks: nothing
-- uses:  supply_pkey
SELECT s.id, s.sku_id, s.pool_id, s.due_on, s.quantity, s.preordered
FROM supply AS s
WHERE s.id = ANY ($1::uuid[])
