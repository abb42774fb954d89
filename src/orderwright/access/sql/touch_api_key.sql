-- Note that a key was used, at most once a minute over all processes.
-- in:    id uuid
-- locks: the key
-- uses:  api_key_pkey
UPDATE api_key AS k SET last_used_at = now()
WHERE k.id = $1::uuid AND (k.last_used_at IS NULL OR k.last_used_at < now() - interval '60 seconds')
