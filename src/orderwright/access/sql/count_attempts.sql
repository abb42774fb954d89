-- Count attempts as wrong until they turn out to be right, and say how long the next one waits.
-- in:    subjects bytea[], failures integer[], waits_s integer[] (0: no wait)
-- locks: the subjects (locked before)
-- uses:  sign_in_failure_pkey
UPDATE sign_in_failure AS a
SET failures = n.failures, last_at = now(),
    blocked_until = CASE WHEN n.wait_s > 0 THEN now() + make_interval(secs => n.wait_s) END
FROM unnest($1::bytea[], $2::integer[], $3::integer[]) AS n (subject, failures, wait_s)
WHERE a.subject = n.subject
