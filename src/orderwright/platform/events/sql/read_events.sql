-- Events between two positions, with the act that caused each.
-- in:    after bigint (exclusive), upto bigint (inclusive), types text[] (NULL: all), limit int
-- locks: nothing
-- uses:  event_position_pkey, event_pkey, act_pkey
SELECT p.position, e.id, e.subject_id, e.seq, e.type, e.data, a.actor, a.on_behalf_of, a.reason, a.cause,
       a.request_id, e.happened_at, e.recorded_at
FROM event_position AS p
JOIN event AS e ON e.subject_id = p.subject_id AND e.seq = p.seq
JOIN act AS a ON a.id = e.act_id
WHERE p.position > $1 AND p.position <= $2 AND ($3::text[] IS NULL OR e.type = ANY ($3::text[]))
ORDER BY p.position
LIMIT $4
