-- Which of these subjects are parked for a subscriber.
-- in:    subscriber text, subject_ids uuid[]
-- locks: nothing
-- uses:  event_parked_pkey
SELECT DISTINCT k.subject_id FROM event_parked AS k WHERE k.subscriber = $1 AND k.subject_id = ANY ($2::uuid[])
