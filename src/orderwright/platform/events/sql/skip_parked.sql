-- Take events off the parking that a subscriber shall never get: each the first parked one of its subject.
-- in:    subscriber text, subject_ids uuid[], seqs int[]
-- locks: the rows deleted
-- uses:  event_parked_pkey
DELETE FROM event_parked AS k
USING unnest($2::uuid[], $3::integer[]) AS s (subject_id, seq)
WHERE k.subscriber = $1 AND k.subject_id = s.subject_id AND k.seq = s.seq
  AND NOT EXISTS (
      SELECT FROM event_parked AS f
      WHERE f.subscriber = k.subscriber AND f.subject_id = k.subject_id AND f.seq < k.seq)
RETURNING k.subject_id
