-- The places whose stock a caller with limits may see: allowed locations, of pools that allowed channels sell from.
-- in:    channel_ids uuid[] (NULL: all), location_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  whole tables: a merchant has few places
SELECT l.id AS location_id, p.code AS pool
FROM location AS l
JOIN pool AS p ON p.id = l.pool_id
WHERE ($2::uuid[] IS NULL OR l.id = ANY ($2::uuid[]))
  AND ($1::uuid[] IS NULL OR EXISTS (
      SELECT FROM channel_pool AS c WHERE c.pool_id = p.id AND c.channel_id = ANY ($1::uuid[])))
