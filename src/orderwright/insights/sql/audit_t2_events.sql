-- Law T2: an order's events are numbered 1 to event_seq without a gap, and each is numbered once or waits to be.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('order %s', o.id) AS subject,
       format('event_seq %s, events %s up to %s', o.event_seq, coalesce(e.events, 0), coalesce(e.last, 0)) AS detail
FROM orders AS o
LEFT JOIN (SELECT subject_id, count(*) AS events, max(seq) AS last FROM event GROUP BY subject_id) AS e
     ON e.subject_id = o.id
WHERE o.event_seq <> coalesce(e.events, 0) OR o.event_seq <> coalesce(e.last, 0)
UNION ALL
SELECT format('event %s %s', e.subject_id, e.seq),
       format('has %s positions and waits %s times', coalesce(p.n, 0), coalesce(w.n, 0))
FROM event AS e
LEFT JOIN (SELECT subject_id, seq, count(*) AS n FROM event_position GROUP BY 1, 2) AS p USING (subject_id, seq)
LEFT JOIN (SELECT subject_id, seq, count(*) AS n FROM event_pending GROUP BY 1, 2) AS w USING (subject_id, seq)
WHERE coalesce(p.n, 0) + coalesce(w.n, 0) <> 1
UNION ALL
SELECT format('position %s', p.position), 'is out of order within its subject, or has no event'
FROM (
    SELECT q.position, q.subject_id, q.seq,
           lag(q.seq) OVER (PARTITION BY q.subject_id ORDER BY q.position) AS before
    FROM event_position AS q
) AS p
LEFT JOIN event AS e ON e.subject_id = p.subject_id AND e.seq = p.seq
WHERE p.before >= p.seq OR e.id IS NULL
LIMIT 100
