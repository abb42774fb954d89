-- What happened after a position, as open screens need it: the type and whose it is, without the rest.
-- in:    after bigint, upto bigint, limit integer
-- locks: nothing
-- uses:  event_position_pkey, event_pkey
SELECT p.position, e.type, p.subject_id, p.seq
FROM event_position AS p
JOIN event AS e ON e.subject_id = p.subject_id AND e.seq = p.seq
WHERE p.position > $1::bigint AND p.position <= $2::bigint
ORDER BY p.position
LIMIT $3::integer
