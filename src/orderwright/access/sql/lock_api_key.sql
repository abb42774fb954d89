-- A merchant's API key by its prefix.
-- in:    merchant text, prefix text
-- locks: the key
-- uses:  api_key_prefix_key
SELECT k.id, k.merchant, k.name, k.prefix, k.scopes, k.channel_ids, k.location_ids, k.created_at, k.expires_at,
       k.revoked_at, k.last_used_at, k.limits::text AS limits, k.rotated_at, k.old_until, k.held_by
FROM api_key AS k
WHERE k.merchant = $1::text AND k.prefix = $2::text
ORDER BY k.id
FOR UPDATE
