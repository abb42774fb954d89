-- Leave subjects in a stage's queue until a later moment; what is done on purpose is no failed attempt.
-- in:    stage text, subject_ids uuid[], due timestamptz
-- locks: work rows of these subjects
-- uses:  work_pkey
UPDATE work AS w SET due = $3, attempts = 0 WHERE w.stage = $1 AND w.subject_id = ANY ($2::uuid[])
