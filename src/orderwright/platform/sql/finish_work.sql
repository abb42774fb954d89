-- Take finished subjects off a stage's queue, but those that another transaction changed since they were looked at.
-- in:    stage text, subject_ids uuid[], versions text[] (as in look_at_work; NULL: any)
-- locks: work rows of these subjects
-- uses:  work_pkey
DELETE FROM work AS w
USING unnest($2::uuid[], $3::text[]) AS k (subject_id, version)
WHERE w.stage = $1 AND w.subject_id = k.subject_id AND (k.version IS NULL OR w.xmin::text = k.version)
