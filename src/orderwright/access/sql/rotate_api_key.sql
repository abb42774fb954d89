-- Give a merchant's API key a new secret; the one before is good for a while still. One that is revoked stays so.
-- in:    merchant text, prefix text, secret_hash bytea, overlap_s integer (0: the old secret stops at once),
--        held_by text (who sees the new secret; NULL: as before)
-- locks: the key
-- uses:  api_key_prefix_key
UPDATE api_key AS k SET
    old_hash = CASE WHEN $4::integer > 0 THEN k.secret_hash END,
    old_until = CASE WHEN $4::integer > 0 THEN now() + make_interval(secs => $4::integer) END,
    secret_hash = $3::bytea,
    rotated_at = now(),
    held_by = coalesce($5::text, k.held_by)
WHERE k.merchant = $1::text AND k.prefix = $2::text AND k.revoked_at IS NULL
RETURNING k.id, k.merchant, k.name, k.prefix, k.scopes, k.channel_ids, k.location_ids, k.created_at, k.expires_at,
          k.revoked_at, k.last_used_at, k.limits::text AS limits, k.rotated_at, k.old_until, k.held_by
