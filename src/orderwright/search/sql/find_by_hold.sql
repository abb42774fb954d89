-- Orders with an open hold of any of these types.
-- in:    below uuid (exclusive), from uuid, limit integer, types text[]
-- locks: nothing
-- uses:  hold_open_idx
SELECT DISTINCT h.order_id AS id
FROM hold AS h
WHERE h.released_at IS NULL AND h.type = ANY ($4::text[]) AND h.order_id < $1::uuid AND h.order_id >= $2::uuid
ORDER BY h.order_id DESC
LIMIT $3::integer
