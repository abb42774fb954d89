-- The parked events of a subject in order, locked, with the act that caused each.
-- in:    subscriber text, subject_id uuid, limit int
-- locks: event_parked rows (seq order), FOR UPDATE
-- uses:  event_parked_pkey, event_pkey, act_pkey
SELECT k.position, e.id, e.subject_id, e.seq, e.type, e.data, a.actor, a.on_behalf_of, a.reason, a.cause,
       a.request_id, e.happened_at, e.recorded_at
FROM event_parked AS k
JOIN event AS e ON e.subject_id = k.subject_id AND e.seq = k.seq
JOIN act AS a ON a.id = e.act_id
WHERE k.subscriber = $1 AND k.subject_id = $2
ORDER BY k.seq
LIMIT $3
FOR UPDATE OF k
