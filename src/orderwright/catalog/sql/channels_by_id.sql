-- What intake needs to know of channels, with their pools in the order in which they are asked.
-- in:    channel_ids uuid[]
-- locks: nothing
-- uses:  channel_pkey, channel_pool_pkey
SELECT c.id, c.code, c.kind, c.currency, c.short_line_policy, c.buffer, c.verify_prices, c.checks, c.active,
       ARRAY(SELECT p.pool_id FROM channel_pool p WHERE p.channel_id = c.id ORDER BY p.n) AS pool_ids
FROM channel c
WHERE c.id = ANY ($1::uuid[])
