-- What waits for stages, with the version of each entry: the transaction that changed it last.
-- in:    stages text[], subject_ids uuid[]
-- locks: nothing
-- uses:  work_pkey
SELECT w.stage, w.subject_id, w.xmin::text AS version
FROM work AS w
WHERE w.stage = ANY ($1::text[]) AND w.subject_id = ANY ($2::uuid[])
