-- Orders of any of these channels: the newest of each, merged.
-- in:    below uuid (exclusive), from uuid, limit integer, channel_ids uuid[]
-- locks: nothing
-- uses:  order_identity_channel_idx, once a channel
SELECT f.id
FROM unnest((SELECT $4::uuid[])) AS c (id)
CROSS JOIN LATERAL (
    SELECT i.order_id AS id
    FROM order_identity AS i
    WHERE i.channel_id = c.id AND i.order_id < $1::uuid AND i.order_id >= $2::uuid
    ORDER BY i.order_id DESC
    LIMIT $3::integer
) AS f
ORDER BY f.id DESC
LIMIT $3::integer
