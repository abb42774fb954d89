-- Refused orders, newest first, without what stands in them; with the order of the same identity that was taken since.
-- in:    below uuid (exclusive), limit int, channels text[] (NULL: all), codes text[] (NULL: all), channel_ids uuid[]
--        (NULL: all; those of the channels that the actor may touch), taken bool (NULL: whether or not one was)
-- locks: nothing
-- uses:  inbox_pkey, channel_code_key, order_identity_pkey
SELECT i.id, i.channel, i.external_id, i.code, i.message, i.received_at, d.order_id
FROM inbox AS i
LEFT JOIN channel AS h ON h.code = i.channel
LEFT JOIN order_identity AS d ON d.channel_id = h.id AND d.external_id = i.external_id
WHERE i.id < $1::uuid
  AND ($3::text[] IS NULL OR i.channel = ANY ($3::text[]))
  AND ($4::text[] IS NULL OR i.code = ANY ($4::text[]))
  AND ($5::uuid[] IS NULL OR h.id = ANY ($5::uuid[]))
  AND ($6::boolean IS NULL OR (d.order_id IS NOT NULL) = $6::boolean)
ORDER BY i.id DESC
LIMIT $2
