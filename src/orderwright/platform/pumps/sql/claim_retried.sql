-- Claim one item that is due for a stage and was tried before, counting the attempt. It is due again after the lease.
-- in:    stage text, lease_s int
-- locks: a work row, skipping locked ones
-- uses:  work_retry_idx, work_pkey
UPDATE work AS w
SET attempts = w.attempts + 1, due = now() + $2::integer * interval '1 second'
WHERE w.stage = $1
  AND w.subject_id = ANY (ARRAY(
      SELECT q.subject_id
      FROM work AS q
      WHERE q.stage = $1 AND q.due <= now() AND q.attempts > 0 AND q.set_aside_at IS NULL
      ORDER BY q.due
      LIMIT 1
      FOR UPDATE SKIP LOCKED))
RETURNING w.subject_id, w.attempts
