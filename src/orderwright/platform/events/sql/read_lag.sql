-- How far each subscriber is behind: in events, in seconds since the oldest was recorded, and in parked subjects.
-- in:    subscribers text[]
-- locks: nothing
-- uses:  event_cursor_pkey, event_position_pkey, event_pkey, event_parked_pkey
SELECT s.subscriber,
       l.position - coalesce(c.position, 0) AS behind,
       coalesce(extract(epoch FROM now() - e.recorded_at), 0)::double precision AS behind_s,
       (SELECT count(DISTINCT k.subject_id) FROM event_parked AS k WHERE k.subscriber = s.subscriber) AS parked
FROM unnest($1::text[]) AS s (subscriber)
CROSS JOIN (SELECT coalesce(max(p.position), 0) AS position FROM event_position AS p) AS l
LEFT JOIN event_cursor AS c ON c.subscriber = s.subscriber
LEFT JOIN event_position AS n ON n.position = coalesce(c.position, 0) + 1
LEFT JOIN event AS e ON e.subject_id = n.subject_id AND e.seq = n.seq
