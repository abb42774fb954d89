-- End all sessions of people, but for one that they may keep.
-- in:    person_ids uuid[], kept_id uuid (or NULL)
-- locks: the sessions
-- uses:  session_person_idx
UPDATE session AS s SET ended_at = now()
WHERE s.person_id = ANY ($1::uuid[]) AND s.ended_at IS NULL AND s.id IS DISTINCT FROM $2::uuid
RETURNING s.id
