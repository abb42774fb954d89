-- How channels are taxed by now, by their codes.
-- in:    channel_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  channel_tax_pkey, channel_pkey; a handful of rows
SELECT DISTINCT ON (c.code) c.code AS channel, t.version, t.created_at, t.terms::text AS terms
FROM channel_tax AS t
JOIN channel AS c ON c.id = t.channel_id
WHERE $1::uuid[] IS NULL OR t.channel_id = ANY ($1::uuid[])
ORDER BY c.code, t.version DESC
