-- Keep a new session.
-- in:    id uuid, token_hash bytea, person_id uuid, csrf_key bytea, awaits text, made_by text, lives_s integer,
--        address text, device text, confirmed boolean (whether the person just proved who they are)
-- locks: the person, FOR KEY SHARE
-- uses:  session_pkey, session_token_hash_key, person_pkey
INSERT INTO session (
    id, token_hash, person_id, csrf_key, awaits, made_by, expires_at, made_from, made_with, seen_from, seen_with,
    confirmed_at
)
VALUES (
    $1::uuid, $2::bytea, $3::uuid, $4::bytea, $5::text, $6::text, now() + make_interval(secs => $7::integer),
    $8::text, $9::text, $8::text, $9::text, CASE WHEN $10::boolean THEN now() END
)
