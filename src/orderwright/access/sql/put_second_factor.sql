-- Keep a new secret, not confirmed yet, in place of another that was not. No row comes back where one is confirmed.
-- in:    person_id uuid, secret bytea
-- locks: the second factor
-- uses:  second_factor_pkey
INSERT INTO second_factor (person_id, secret) VALUES ($1::uuid, $2::bytea)
ON CONFLICT (person_id) DO UPDATE SET secret = excluded.secret, created_at = now(), last_step = 0
WHERE second_factor.confirmed_at IS NULL
RETURNING person_id AS id
