-- Holds of orders that are not released.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  hold_order_idx
SELECT h.id, h.order_id, h.type, h.blocks
FROM hold AS h
WHERE h.order_id = ANY ($1::uuid[]) AND h.released_at IS NULL
ORDER BY h.order_id, h.id
