-- Leave subjects in a stage's queue until a later moment, but those that another transaction changed since they were
-- looked at. What is done on purpose is no failed attempt.
-- in:    stage text, subject_ids uuid[], versions text[] (as in look_at_work; NULL: any), due timestamptz
-- locks: work rows of these subjects
-- uses:  work_pkey
UPDATE work AS w SET due = $4, attempts = 0
FROM unnest($2::uuid[], $3::text[]) AS k (subject_id, version)
WHERE w.stage = $1 AND w.subject_id = k.subject_id AND (k.version IS NULL OR w.xmin::text = k.version)
