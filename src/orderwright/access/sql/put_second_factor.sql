-- Keep a new secret, not confirmed yet; one that was shown within the hour stays, so that a page may be loaded again.
-- No row comes back where one is confirmed.
-- in:    person_id uuid, secret bytea
-- locks: the second factor
-- uses:  second_factor_pkey
INSERT INTO second_factor (person_id, secret) VALUES ($1::uuid, $2::bytea)
ON CONFLICT (person_id) DO UPDATE
SET secret = CASE WHEN second_factor.created_at > now() - interval '1 hour' THEN second_factor.secret
                  ELSE excluded.secret END,
    created_at = CASE WHEN second_factor.created_at > now() - interval '1 hour' THEN second_factor.created_at
                      ELSE now() END
WHERE second_factor.confirmed_at IS NULL
RETURNING secret
