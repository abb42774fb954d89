-- Queue subjects for a stage as enqueue_work does, but those that still wait for an earlier stage: it will queue them.
-- in:    stage text, subject_ids uuid[] (sorted), earlier text
-- locks: work rows of these subjects
-- uses:  work_pkey
INSERT INTO work AS w (stage, subject_id)
SELECT $1, k.subject_id
FROM unnest($2::uuid[]) AS k (subject_id)
WHERE NOT EXISTS (SELECT 1 FROM work AS e WHERE e.stage = $3 AND e.subject_id = k.subject_id)
ON CONFLICT (stage, subject_id) DO UPDATE
SET due = least(w.due, excluded.due), attempts = 0, set_aside_at = NULL, error = NULL
