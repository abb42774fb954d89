-- End one of a person's sessions. No row comes back for one that is not theirs or has ended.
-- in:    person_id uuid, session_id uuid
-- locks: the session
-- uses:  session_pkey
UPDATE session AS s SET ended_at = now()
WHERE s.id = $2::uuid AND s.person_id = $1::uuid AND s.ended_at IS NULL
RETURNING s.id
