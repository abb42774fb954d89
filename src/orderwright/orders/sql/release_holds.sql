-- Release open holds of orders, of one type or (type NULL) all.
-- in:    order_ids uuid[], types text[], act_id uuid, at timestamptz
-- locks: rows of orders that the caller holds locked
-- uses:  hold_order_idx
UPDATE hold AS h
SET released_at = $4, release_act_id = $3
FROM (SELECT DISTINCT w.order_id, w.type FROM unnest($1::uuid[], $2::text[]) AS w (order_id, type)) AS w
WHERE h.order_id = w.order_id AND h.released_at IS NULL AND (w.type IS NULL OR h.type = w.type)
RETURNING h.id, h.order_id, h.type, h.blocks
