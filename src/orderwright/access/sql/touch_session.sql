-- Note that a session was used, and from where, at most once a minute over all processes.
-- in:    id uuid, address text, device text
-- locks: the session
-- uses:  session_pkey
UPDATE session AS s SET seen_at = now(), seen_from = coalesce($2::text, s.seen_from),
                        seen_with = coalesce($3::text, s.seen_with)
WHERE s.id = $1::uuid AND s.ended_at IS NULL AND s.seen_at < now() - interval '55 seconds'
