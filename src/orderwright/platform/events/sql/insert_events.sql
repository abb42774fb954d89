-- Append events. The primary key (subject, seq) refuses a seq that was given twice.
-- in:    ids uuid[], subject_ids uuid[], seqs int[], types text[], data jsonb[], happened_at timestamptz[], act_id uuid
-- locks: nothing
-- uses:  event_pkey
INSERT INTO event (id, subject_id, seq, type, data, happened_at, act_id)
SELECT e.id, e.subject_id, e.seq, e.type, e.data, e.happened_at, $7
FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::jsonb[], $6::timestamptz[])
     AS e (id, subject_id, seq, type, data, happened_at)
