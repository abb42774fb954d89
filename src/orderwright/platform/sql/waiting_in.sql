-- Which of these subjects wait for a stage.
-- in:    stage text, subject_ids uuid[]
-- locks: nothing
-- uses:  work_pkey
SELECT w.subject_id FROM work AS w WHERE w.stage = $1 AND w.subject_id = ANY ($2::uuid[])
