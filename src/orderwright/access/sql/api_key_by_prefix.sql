-- What is needed to tell whether a key is good, and what it may do.
-- in:    prefix text
-- locks: nothing
-- uses:  api_key_prefix_key
SELECT k.id, k.merchant, k.prefix, k.secret_hash, k.scopes, k.channel_ids, k.location_ids, k.expires_at, k.revoked_at,
       k.limits::text AS limits, k.old_hash, k.old_until, k.held_by
FROM api_key AS k
WHERE k.prefix = $1::text
