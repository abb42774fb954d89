-- Items that a stage gave up on, oldest first.
-- in:    stage text (NULL: all), limit int
-- locks: nothing
-- uses:  work_set_aside_idx
SELECT w.stage, w.subject_id, w.attempts, w.entered_at, w.set_aside_at, w.error
FROM work AS w
WHERE w.set_aside_at IS NOT NULL AND ($1::text IS NULL OR w.stage = $1)
ORDER BY w.set_aside_at, w.stage, w.subject_id
LIMIT $2
