-- Wrong attempts in a row, to be counted on. `blocked_s` is how many seconds nothing is tried any more.
-- in:    subjects bytea[], forgotten_s integer (after how long without any they begin anew)
-- locks: the subjects (sorted), FOR UPDATE
-- uses:  sign_in_failure_pkey
SELECT a.subject,
       CASE WHEN a.last_at < now() - make_interval(secs => $2::integer) THEN 0 ELSE a.failures END AS failures,
       greatest(ceil(extract(epoch FROM a.blocked_until - now())), 0)::integer AS blocked_s
FROM sign_in_failure AS a
WHERE a.subject = ANY ($1::bytea[])
ORDER BY a.subject
FOR UPDATE
