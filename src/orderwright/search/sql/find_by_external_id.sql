-- Orders that channels know by this id: one a channel at most.
-- in:    below uuid (exclusive), from uuid, limit integer, external_id text
-- locks: nothing
-- uses:  order_identity_pkey, once a channel
SELECT i.order_id AS id
FROM channel AS c
JOIN order_identity AS i ON i.channel_id = c.id AND i.external_id = $4::text
WHERE i.order_id < $1::uuid AND i.order_id >= $2::uuid
ORDER BY i.order_id DESC
LIMIT $3::integer
