-- Queue subjects for a stage; what waits there already becomes due at the earlier moment and starts afresh.
-- in:    stage text, subject_ids uuid[] (sorted), due timestamptz (NULL: now)
-- locks: work rows of these subjects
-- uses:  work_pkey
INSERT INTO work AS w (stage, subject_id, due)
SELECT $1, k.subject_id, coalesce($3, now()) FROM unnest($2::uuid[]) AS k (subject_id)
ON CONFLICT (stage, subject_id) DO UPDATE
SET due = least(w.due, excluded.due), attempts = 0, set_aside_at = NULL, error = NULL
