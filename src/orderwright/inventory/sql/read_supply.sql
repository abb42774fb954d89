-- Dated supply that is not all spoken for, earliest first.
-- in:    sku_ids uuid[]
-- locks: nothing
-- uses:  supply_sku_idx
SELECT s.id, s.sku_id, s.pool_id, s.due_on, s.quantity, s.preordered
FROM supply AS s
WHERE s.sku_id = ANY ($1::uuid[]) AND s.quantity > s.preordered
ORDER BY s.sku_id, s.due_on, s.id
