-- Parked subjects: the event that each waits for, why it failed, and how many wait behind it.
-- in:    subscriber text (NULL: all), limit int
-- locks: nothing
-- uses:  event_parked_pkey, event_pkey; few rows
SELECT k.subscriber, k.subject_id, k.seq, k.position, k.attempts, k.due, k.error, k.parked_at,
       (SELECT count(*)
        FROM event_parked AS b
        WHERE b.subscriber = k.subscriber AND b.subject_id = k.subject_id AND b.seq > k.seq) AS behind,
       e.id AS event_id, e.type
FROM event_parked AS k
JOIN event AS e ON e.subject_id = k.subject_id AND e.seq = k.seq
WHERE ($1::text IS NULL OR k.subscriber = $1)
  AND NOT EXISTS (
      SELECT FROM event_parked AS f
      WHERE f.subscriber = k.subscriber AND f.subject_id = k.subject_id AND f.seq < k.seq)
ORDER BY k.parked_at, k.subscriber, k.subject_id
LIMIT $2
