-- Keep a new API key, if its merchant exists: no row comes back otherwise.
-- in:    id uuid, merchant text, name text, prefix text, secret_hash bytea, scopes text[], channel_ids uuid[],
--        location_ids uuid[], expires_at timestamptz, limits text (a JSON object), held_by text
-- locks: the merchant, FOR KEY SHARE
-- uses:  merchant_pkey, api_key_prefix_key
INSERT INTO api_key (id, merchant, name, prefix, secret_hash, scopes, channel_ids, location_ids, expires_at, limits,
                     held_by)
SELECT $1::uuid, m.code, $3::text, $4::text, $5::bytea, $6::text[], $7::uuid[], $8::uuid[], $9::timestamptz,
       $10::text::jsonb, $11::text
FROM merchant AS m
WHERE m.code = $2::text
RETURNING id, merchant, name, prefix, scopes, channel_ids, location_ids, created_at, expires_at, revoked_at,
          last_used_at, limits::text AS limits, rotated_at, old_until, held_by
