-- Take the first parked event of each subject that is due, counting the attempt, so that a crash counts too.
-- The next try is due after 2, 4, 8 ... 900 seconds.
-- in:    subscriber text, limit int
-- locks: event_parked rows, skipping locked ones
-- uses:  event_parked_pkey
WITH heads AS MATERIALIZED (
    SELECT d.subject_id, d.seq
    FROM event_parked AS d
    WHERE d.subscriber = $1 AND d.due <= now()
      AND NOT EXISTS (
          SELECT FROM event_parked AS f
          WHERE f.subscriber = d.subscriber AND f.subject_id = d.subject_id AND f.seq < d.seq)
    ORDER BY d.due, d.subject_id
    LIMIT $2
    FOR UPDATE OF d SKIP LOCKED)
UPDATE event_parked AS k
SET attempts = k.attempts + 1, due = now() + least(power(2, k.attempts + 1), 900) * interval '1 second'
FROM heads AS h
WHERE k.subscriber = $1 AND k.subject_id = h.subject_id AND k.seq = h.seq
RETURNING k.subject_id
