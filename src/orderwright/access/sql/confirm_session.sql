-- Note that whoever sits at a session proved again who they are; its token is another one from now on.
-- in:    session_id uuid, token_hash bytea
-- locks: the session
-- uses:  session_pkey, session_token_hash_key
UPDATE session AS s SET confirmed_at = now(), token_hash = $2::bytea WHERE s.id = $1::uuid AND s.ended_at IS NULL
