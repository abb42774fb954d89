-- Work that was set aside after failing, or is overdue by more than its stage allows: the oldest first, with totals.
-- What the subject is follows from where its id is found.
-- in:    stages text[], limits_s int[] (allowed seconds after `due`), default_limit_s int, now timestamptz, shown int
-- locks: nothing
-- uses:  no index on work: its queues are short when nothing is stuck; orders_pkey, fulfillment_pkey, shipment_pkey,
--        sku_pkey for the few that are shown
SELECT w.stage, w.attempts, w.set_aside_at, w.late_since, w.error, w.set_aside_all, w.late_all,
       coalesce(o.number, fo.number, so.number) AS order_number, l.name AS location, k.code AS sku
FROM (
    SELECT q.stage, q.subject_id, q.attempts, q.set_aside_at, q.error, q.late_since,
           count(*) FILTER (WHERE q.set_aside_at IS NOT NULL) OVER () AS set_aside_all,
           count(*) FILTER (WHERE q.set_aside_at IS NULL) OVER () AS late_all
    FROM (
        SELECT v.stage, v.subject_id, v.attempts, v.set_aside_at, v.error,
               v.due + make_interval(secs => coalesce(g.limit_s, $3::integer)) AS late_since
        FROM work AS v
        LEFT JOIN unnest($1::text[], $2::integer[]) AS g (stage, limit_s) ON g.stage = v.stage
    ) AS q
    WHERE q.set_aside_at IS NOT NULL OR q.late_since < $4::timestamptz
    ORDER BY q.set_aside_at IS NULL, coalesce(q.set_aside_at, q.late_since), q.stage, q.subject_id
    LIMIT $5::integer
) AS w
LEFT JOIN orders AS o ON o.id = w.subject_id
LEFT JOIN fulfillment AS f ON f.id = w.subject_id
LEFT JOIN orders AS fo ON fo.id = f.order_id
LEFT JOIN location AS l ON l.id = f.location_id
LEFT JOIN shipment AS h ON h.id = w.subject_id
LEFT JOIN orders AS so ON so.id = h.order_id
LEFT JOIN sku AS k ON k.id = w.subject_id
ORDER BY w.set_aside_at IS NULL, coalesce(w.set_aside_at, w.late_since), w.stage, order_number
