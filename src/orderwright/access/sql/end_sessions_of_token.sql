-- End the session of a token.
-- in:    token_hash bytea
-- locks: the session
-- uses:  session_token_hash_key
UPDATE session AS s SET ended_at = now() WHERE s.token_hash = $1::bytea AND s.ended_at IS NULL
RETURNING s.id, s.person_id
