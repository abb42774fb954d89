-- Queue items that were set aside again, afresh.
-- in:    stage text, subject_ids uuid[]
-- locks: work rows of these subjects
-- uses:  work_pkey
UPDATE work AS w
SET due = now(), attempts = 0, set_aside_at = NULL, error = NULL
WHERE w.stage = $1 AND w.subject_id = ANY ($2::uuid[]) AND w.set_aside_at IS NOT NULL
RETURNING w.subject_id
