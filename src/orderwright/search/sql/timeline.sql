-- The events of an order in the order in which they happened to it, with the act behind each; those that have no
-- position yet too.
-- in:    order_id uuid, after integer (the last seq known), limit integer
-- locks: nothing
-- uses:  event_pkey, act_pkey
SELECT e.id, e.seq, e.type, e.data, a.verb, a.actor, a.on_behalf_of, a.reason, a.cause, a.request_id, e.happened_at,
       e.recorded_at
FROM event AS e
JOIN act AS a ON a.id = e.act_id
WHERE e.subject_id = $1::uuid AND e.seq > $2::integer
ORDER BY e.seq
LIMIT $3::integer
