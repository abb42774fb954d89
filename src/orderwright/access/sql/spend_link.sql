-- Use an address that works once. No row comes back for one that does not work any more.
-- in:    token_hash bytea, purpose text
-- locks: the link
-- uses:  one_time_link_pkey
UPDATE one_time_link AS l SET used_at = now()
WHERE l.token_hash = $1::bytea AND l.purpose = $2::text AND l.used_at IS NULL AND l.expires_at > now()
RETURNING l.person_id
