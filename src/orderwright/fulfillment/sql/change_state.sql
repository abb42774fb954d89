-- Change the state of fulfillments that are in one of the allowed states (law T3), noting when each step was done.
-- in:    fulfillment_ids uuid[], target text, allowed text[], at timestamptz
-- locks: rows of orders that the caller holds locked
-- uses:  fulfillment_pkey
UPDATE fulfillment AS f
SET state = $2, entered_at = $4, version = f.version + 1,
    released_at = CASE WHEN $2 = 'released' THEN $4 ELSE f.released_at END,
    picked_at = CASE WHEN $2 = 'picked' THEN $4 ELSE f.picked_at END,
    packed_at = CASE WHEN $2 = 'packed' THEN $4 ELSE f.packed_at END,
    shipped_at = CASE WHEN $2 = 'shipped' THEN $4 ELSE f.shipped_at END,
    delivered_at = CASE WHEN $2 = 'delivered' THEN $4 ELSE f.delivered_at END
WHERE f.id = ANY ($1::uuid[]) AND f.state = ANY ($3::text[])
RETURNING f.id, f.order_id
