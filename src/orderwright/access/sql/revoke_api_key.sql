-- Revoke a merchant's API key. One that is revoked already keeps its time.
-- in:    merchant text, prefix text
-- locks: the key
-- uses:  api_key_prefix_key
UPDATE api_key AS k SET revoked_at = coalesce(k.revoked_at, now())
WHERE k.merchant = $1::text AND k.prefix = $2::text
RETURNING k.id, k.merchant, k.name, k.prefix, k.scopes, k.channel_ids, k.location_ids, k.created_at, k.expires_at,
          k.revoked_at, k.last_used_at,
          k.limits::text AS limits, k.rotated_at, k.old_until, k.held_by
