-- Leave subjects in a stage's queue until a later moment. Of those that were looked at, not what another transaction
-- changed since, and not what is due: nobody has claimed it, so that who wakes what waits for later did not see it.
-- What is done on purpose is no failed attempt.
-- in:    stage text, subject_ids uuid[], versions text[] (as in look_at_work; NULL: any), due timestamptz[]
-- locks: work rows of these subjects
-- uses:  work_pkey
UPDATE work AS w SET due = k.due, attempts = 0
FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS k (subject_id, version, due)
WHERE w.stage = $1 AND w.subject_id = k.subject_id
  AND (k.version IS NULL OR (w.xmin::text = k.version AND w.due > now()))
