-- Claim what is due for a stage and was never tried, counting the attempt, so that a crash counts too. It is due again
-- after the lease.
-- in:    stage text, limit int, lease_s int
-- locks: work rows, skipping locked ones
-- uses:  work_due_idx, work_pkey
UPDATE work AS w
SET attempts = w.attempts + 1, due = now() + $3::integer * interval '1 second'
WHERE w.stage = $1
  AND w.subject_id = ANY (ARRAY(
      SELECT q.subject_id
      FROM work AS q
      WHERE q.stage = $1 AND q.due <= now() AND q.attempts = 0 AND q.set_aside_at IS NULL
      ORDER BY q.due
      LIMIT $2
      FOR UPDATE SKIP LOCKED))
RETURNING w.subject_id, w.attempts
