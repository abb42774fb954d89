-- The newest terms of returns of channels, by their codes.
-- in:    channel_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  return_policy_pkey, channel_pkey; a handful of rows
SELECT DISTINCT ON (c.code) c.code AS channel, p.version, p.created_at, p.terms::text AS terms
FROM return_policy AS p
JOIN channel AS c ON c.id = p.channel_id
WHERE $1::uuid[] IS NULL OR p.channel_id = ANY ($1::uuid[])
ORDER BY c.code, p.version DESC
