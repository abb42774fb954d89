-- Take handled events of a subject off the parking: those up to a seq.
-- in:    subscriber text, subject_id uuid, seq int
-- locks: none that the caller does not hold
-- uses:  event_parked_pkey
DELETE FROM event_parked AS k WHERE k.subscriber = $1 AND k.subject_id = $2 AND k.seq <= $3
