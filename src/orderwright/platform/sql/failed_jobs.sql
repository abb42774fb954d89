-- Jobs of a merchant that failed for good, oldest first, with the last error.
-- in:    merchant text, after_id bigint (exclusive), limit int
-- locks: nothing
-- uses:  pgqueuer_pkey, pgqueuer_log_job_id_status; few rows: done ones leave
SELECT q.id, q.entrypoint AS name, q.attempts, q.created AS created_at, q.updated AS failed_at,
       convert_from(q.payload, 'UTF8')::jsonb -> 'data' AS data,
       (SELECT l.traceback ->> 'exception_message'
        FROM pgqueuer_log AS l
        WHERE l.job_id = q.id AND l.traceback IS NOT NULL
        ORDER BY l.created DESC
        LIMIT 1) AS error
FROM pgqueuer AS q
WHERE q.id > $2 AND q.status = 'failed' AND convert_from(q.payload, 'UTF8')::jsonb ->> 'merchant' = $1
ORDER BY q.id
LIMIT $3
