-- Queue events for the sequencer, which numbers them after the commit.
-- in:    subject_ids uuid[], seqs int[]
-- locks: nothing
-- uses:  no index: the sequencer takes every row it sees
INSERT INTO event_pending (subject_id, seq)
SELECT * FROM unnest($1::uuid[], $2::integer[])
