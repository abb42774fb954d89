-- A page of a merchant's API keys, oldest first, without their hashes.
-- in:    merchant text, after uuid (the id of the last key of the page before, or the zero id), limit integer
-- locks: nothing
-- uses:  api_key_merchant_idx (ids rise with the time of creation; a merchant has few keys)
SELECT k.id, k.merchant, k.name, k.prefix, k.scopes, k.channel_ids, k.location_ids, k.created_at, k.expires_at,
       k.revoked_at, k.last_used_at,
       k.limits::text AS limits, k.rotated_at, k.old_until, k.held_by
FROM api_key AS k
WHERE k.merchant = $1::text AND k.id > $2::uuid
ORDER BY k.id
LIMIT $3::integer
