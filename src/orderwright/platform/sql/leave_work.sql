-- Take subjects off the queues of several stages: nothing is to be done about them any more.
-- in:    stages text[], subject_ids uuid[]
-- locks: work rows of these subjects
-- uses:  work_pkey
DELETE FROM work AS w WHERE w.stage = ANY ($1::text[]) AND w.subject_id = ANY ($2::uuid[])
