-- The newest events that have a position, with the number of the order that they are about.
-- in:    shown int
-- locks: nothing
-- uses:  event_position_pkey, event_pkey, orders_pkey
SELECT n.position, e.type, e.data, e.act_id, e.happened_at, o.number AS order_number
FROM (SELECT p.position, p.subject_id, p.seq FROM event_position AS p ORDER BY p.position DESC LIMIT $1::integer) AS n
JOIN event AS e ON e.subject_id = n.subject_id AND e.seq = n.seq
LEFT JOIN orders AS o ON o.id = n.subject_id
ORDER BY n.position DESC
