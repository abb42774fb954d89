-- Open holds, those of the oldest orders first, with what may be known of the order without its people.
-- in:    after_order uuid and after_type text (exclusive, both), types text[] (NULL: all), channel_ids uuid[] (NULL: all;
--        those that the actor may touch), page integer
-- locks: nothing
-- uses:  hold_open_idx, orders_pkey, channel_pkey, act_pkey
SELECT h.id, h.order_id, o.number, o.status, c.code AS channel, h.type, h.blocks, h.created_at AS since, a.actor, a.reason
FROM hold AS h
JOIN orders AS o ON o.id = h.order_id
JOIN channel AS c ON c.id = o.channel_id
JOIN act AS a ON a.id = h.act_id
WHERE h.released_at IS NULL AND (h.order_id, h.type) > ($1::uuid, $2::text)
  AND ($3::text[] IS NULL OR h.type = ANY ($3::text[])) AND ($4::uuid[] IS NULL OR o.channel_id = ANY ($4::uuid[]))
ORDER BY h.order_id, h.type
LIMIT $5::integer
