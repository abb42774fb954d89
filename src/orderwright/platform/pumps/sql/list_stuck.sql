-- Items that have been in a stage for longer than it may take, oldest first: set aside or not.
-- in:    stages text[], max_ages_s float8[], limit int
-- locks: nothing
-- uses:  work_pkey (by stage; queues are short unless something is wrong)
SELECT w.stage, w.subject_id, w.entered_at, w.due, w.attempts, w.set_aside_at, w.error
FROM unnest($1::text[], $2::double precision[]) AS s (stage, max_age_s)
JOIN work AS w ON w.stage = s.stage
WHERE w.entered_at < now() - s.max_age_s * interval '1 second'
ORDER BY w.entered_at, w.stage, w.subject_id
LIMIT $3
