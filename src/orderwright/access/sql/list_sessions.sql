-- The sessions of a person that still are some, the last used first.
-- in:    person_id uuid, idle_s integer
-- locks: nothing
-- uses:  session_person_idx
SELECT s.id, s.made_by, s.created_at, s.seen_at, s.expires_at, s.made_from, s.made_with, s.seen_from, s.seen_with
FROM session AS s
WHERE s.person_id = $1::uuid AND s.ended_at IS NULL AND s.awaits IS NULL AND s.expires_at > now()
  AND s.seen_at > now() - make_interval(secs => $2::integer)
ORDER BY s.seen_at DESC, s.id
LIMIT 200
