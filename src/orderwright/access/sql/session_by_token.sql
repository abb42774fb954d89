-- Whose session a token is, if it still is one.
-- in:    token_hash bytea, idle_s integer (how long a session lives unused)
-- locks: nothing
-- uses:  session_token_hash_key, person_pkey
SELECT s.id, s.person_id, p.name, p.email, p.time_zone, p.locale, p.theme, s.csrf_key, s.awaits, s.made_by,
       s.confirmed_at, least(s.expires_at, s.seen_at + make_interval(secs => $2::integer)) AS good_until
FROM session AS s
JOIN person AS p ON p.id = s.person_id
WHERE s.token_hash = $1::bytea AND s.ended_at IS NULL AND s.expires_at > now()
  AND s.seen_at > now() - make_interval(secs => $2::integer) AND p.deactivated_at IS NULL
