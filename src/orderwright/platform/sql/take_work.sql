-- Take subjects off a stage's queue, and say which of them stood there.
-- in:    stage text, subject_ids uuid[]
-- locks: work rows of these subjects
-- uses:  work_pkey
DELETE FROM work AS w WHERE w.stage = $1 AND w.subject_id = ANY ($2::uuid[]) RETURNING w.subject_id
