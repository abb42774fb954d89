-- Note why a parked event failed again. One that came first only now counts its first attempt.
-- in:    subscriber text, subject_id uuid, seq int, error text
-- locks: one event_parked row
-- uses:  event_parked_pkey
UPDATE event_parked AS k
SET error = $4,
    attempts = greatest(k.attempts, 1),
    due = greatest(k.due, now() + interval '2 seconds')
WHERE k.subscriber = $1 AND k.subject_id = $2 AND k.seq = $3
