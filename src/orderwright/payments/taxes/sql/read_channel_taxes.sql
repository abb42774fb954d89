-- How channels are taxed by now.
-- in:    channel_ids uuid[]
-- locks: nothing
-- uses:  channel_tax_pkey
SELECT DISTINCT ON (t.channel_id) t.channel_id, t.version, t.terms::text AS terms
FROM channel_tax AS t
WHERE t.channel_id = ANY ($1::uuid[])
ORDER BY t.channel_id, t.version DESC
