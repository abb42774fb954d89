-- The newest terms of channels.
-- in:    channel_ids uuid[]
-- locks: nothing
-- uses:  return_policy_pkey
SELECT DISTINCT ON (p.channel_id) p.channel_id, p.version, p.terms::text AS terms
FROM return_policy AS p
WHERE p.channel_id = ANY ($1::uuid[])
ORDER BY p.channel_id, p.version DESC
