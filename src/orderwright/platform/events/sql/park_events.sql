-- Park events for a subscriber: one that failed (with its error), or later ones of a parked subject (without).
-- in:    subscriber text, subject_ids uuid[], seqs int[], positions bigint[], error text (NULL: it only waits)
-- locks: the new rows
-- uses:  event_parked_pkey
INSERT INTO event_parked (subscriber, subject_id, seq, position, attempts, due, error)
SELECT $1, k.subject_id, k.seq, k.position,
       CASE WHEN $5::text IS NULL THEN 0 ELSE 1 END,
       CASE WHEN $5::text IS NULL THEN now() ELSE now() + interval '2 seconds' END,
       $5::text
FROM unnest($2::uuid[], $3::integer[], $4::bigint[]) AS k (subject_id, seq, position)
