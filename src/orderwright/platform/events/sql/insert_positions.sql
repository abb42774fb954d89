-- Number events.
-- in:    positions bigint[], subject_ids uuid[], seqs int[]
-- locks: nothing (only one sequencer runs)
-- uses:  event_position_pkey
INSERT INTO event_position (position, subject_id, seq)
SELECT k.position, k.subject_id, k.seq
FROM unnest($1::bigint[], $2::uuid[], $3::integer[]) AS k (position, subject_id, seq)
