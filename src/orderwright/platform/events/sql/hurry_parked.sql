-- Make parked subjects due now.
-- in:    subscriber text, subject_ids uuid[]
-- locks: event_parked rows of these subjects
-- uses:  event_parked_pkey
UPDATE event_parked AS k SET due = now() WHERE k.subscriber = $1 AND k.subject_id = ANY ($2::uuid[])
RETURNING k.subject_id
