-- What waits longer than its state allows (law T4), set aside first, then the longest late, with totals over all of it.
-- Each branch reads the oldest of one state in the order of an index and stops at the limit. What waits is never older
-- than its id tells, so ids bound what has no index on time.
-- in:    now timestamptz, states text[], max_ages interval[], made_before uuid[] (ids older than the age), counted_max
--        int (of each state), shown int
-- locks: nothing
-- uses:  work_set_aside_idx, work_pkey, hold_open_idx, backorder_pkey, supply_due_idx, fulfillment_waiting_idx,
--        fulfillment_queue_idx, shipment_fulfillment_id_key, parcel_shipment_id_n_key, open_balance_since_idx, customer_return_waiting_idx,
--        unexpected_return_parked_idx, claim_open_idx, claim_carrier_idx, message_waiting_idx, withdrawal_return_idx, withdrawal_order_idx, return_line_pkey,
--        open_balance_pkey, exchange_new_order_id_key; for
--        the few that are shown orders_pkey, fulfillment_pkey, shipment_pkey, sku_pkey, location_pkey, payment_pkey
WITH state AS (
    SELECT k.name, k.max_age, $1::timestamptz - k.max_age AS before, k.made_before
    FROM unnest($2::text[], $3::interval[], $4::uuid[]) AS k (name, max_age, made_before)
), late AS (
    SELECT w.stage AS state, w.subject_id, NULL::uuid AS order_id, NULL::uuid AS location_id, NULL::uuid AS sku_id,
           w.entered_at AS since, w.set_aside_at AS late_since, w.attempts, w.set_aside_at, w.error, NULL::text AS detail
    FROM (SELECT q.stage, q.subject_id, q.entered_at, q.set_aside_at, q.attempts, q.error
          FROM work AS q
          WHERE q.set_aside_at IS NOT NULL AND q.stage = ANY ($2::text[])
          ORDER BY q.set_aside_at, q.stage, q.subject_id
          LIMIT $5::integer) AS w
    UNION ALL
    SELECT k.name, w.subject_id, NULL, NULL, NULL, w.entered_at, w.entered_at + k.max_age, w.attempts, NULL, w.error,
           NULL
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.subject_id, q.entered_at, q.attempts, q.error
        FROM work AS q
        WHERE q.stage = k.name AND q.subject_id < k.made_before AND q.entered_at < k.before AND q.set_aside_at IS NULL
        ORDER BY q.entered_at, q.subject_id
        LIMIT $5::integer) AS w
    UNION ALL
    SELECT k.name, h.order_id, h.order_id, NULL, NULL, h.created_at, h.created_at + k.max_age, 0, NULL, NULL, h.type
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT o.order_id, o.created_at, o.type
        FROM hold AS o
        WHERE o.released_at IS NULL AND o.order_id < k.made_before AND o.created_at < k.before
              -- New goods of an exchange wait for the others: the stage `exchange` sees to that they do not for ever.
              AND (o.type <> 'awaiting_return' OR (SELECT x.state FROM exchange AS x WHERE x.new_order_id = o.order_id)
                                                  IS DISTINCT FROM 'open')
        ORDER BY o.created_at, o.order_id, o.type
        LIMIT $5::integer) AS h
    WHERE k.name = 'held'
    UNION ALL
    SELECT k.name, b.order_id, b.order_id, NULL, b.sku_id, uuid_extract_timestamp(b.order_id),
           uuid_extract_timestamp(b.order_id) + k.max_age, 0, NULL, NULL, NULL
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (q.order_id) q.order_id, q.sku_id
        FROM backorder AS q
        WHERE q.supply_id IS NULL AND q.order_id < k.made_before
        ORDER BY q.order_id, q.line_n, q.component_n
        LIMIT $5::integer) AS b
    WHERE k.name = 'backordered'
    UNION ALL
    SELECT k.name, s.id, NULL, NULL, s.sku_id, s.due_on::timestamp AT TIME ZONE 'UTC',
           s.due_on::timestamp AT TIME ZONE 'UTC' + k.max_age, 0, NULL, NULL, s.preordered::text
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.id, q.sku_id, q.due_on, q.preordered
        FROM supply AS q
        WHERE q.quantity > 0 AND q.due_on < k.before AT TIME ZONE 'UTC'
        ORDER BY q.due_on, q.id
        LIMIT $5::integer) AS s
    WHERE k.name = 'announced'
    UNION ALL
    -- At a location: too long in its state, or past the time by which it was to leave.
    SELECT f.name, f.id, f.order_id, f.location_id, NULL, f.entered_at, least(f.due_at, f.entered_at + f.max_age), 0,
           NULL, NULL, NULL
    FROM (
        SELECT k.name, k.max_age, g.id, g.order_id, g.location_id, g.entered_at, g.due_at
        FROM state AS k
        CROSS JOIN LATERAL (
            SELECT q.id, q.order_id, q.location_id, q.entered_at, q.due_at
            FROM fulfillment AS q
            WHERE q.state = k.name AND q.state IN ('released', 'picking', 'picked', 'packed', 'shipped')
                  AND q.entered_at < k.before AND (q.state <> 'packed' OR q.method = 'ship')
            ORDER BY q.entered_at
            LIMIT $5::integer) AS g
        WHERE k.name IN ('released', 'picking', 'picked', 'packed')
        UNION
        SELECT k.name, k.max_age, g.id, g.order_id, g.location_id, g.entered_at, g.due_at
        FROM state AS k
        CROSS JOIN location AS l
        CROSS JOIN LATERAL (
            SELECT q.id, q.order_id, q.location_id, q.entered_at, q.due_at
            FROM fulfillment AS q
            WHERE q.location_id = l.id AND q.state = k.name AND q.due_at < $1::timestamptz
                  AND (q.state <> 'packed' OR q.method = 'ship')
            ORDER BY q.due_at, q.id
            LIMIT $5::integer) AS g
        WHERE k.name IN ('released', 'picking', 'picked', 'packed')
    ) AS f
    UNION ALL
    SELECT k.name, f.id, f.order_id, f.location_id, NULL, f.entered_at, f.entered_at + k.max_age, 0, NULL, NULL, NULL
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.id, q.order_id, q.location_id, q.entered_at
        FROM fulfillment AS q
        WHERE q.state = 'packed' AND q.entered_at < k.before AND q.method = 'pickup'
        ORDER BY q.entered_at
        LIMIT $5::integer) AS f
    WHERE k.name = 'to_collect'
    UNION ALL
    SELECT k.name, f.id, f.order_id, f.location_id, NULL, f.heard_at, f.heard_at + k.max_age, 0, NULL, NULL, NULL
    FROM state AS k
    LEFT JOIN state AS u ON u.name = 'undelivered'
    CROSS JOIN LATERAL (
        SELECT q.id, q.order_id, q.location_id, coalesce(p.heard_at, q.entered_at) AS heard_at
        FROM fulfillment AS q
        CROSS JOIN LATERAL (
            SELECT min(coalesce(a.tracked_at, q.entered_at)) AS heard_at
            FROM shipment AS s
            JOIN parcel AS a ON a.shipment_id = s.id
            WHERE s.fulfillment_id = q.id AND a.state <> 'delivered') AS p
        WHERE q.state = 'shipped' AND q.entered_at < k.before AND coalesce(p.heard_at, q.entered_at) < k.before
              AND q.entered_at >= coalesce(u.before, '-infinity')
        ORDER BY q.entered_at
        LIMIT $5::integer) AS f
    WHERE k.name = 'shipped'
    UNION ALL
    SELECT k.name, f.id, f.order_id, f.location_id, NULL, f.entered_at, f.entered_at + k.max_age, 0, NULL, NULL, NULL
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.id, q.order_id, q.location_id, q.entered_at
        FROM fulfillment AS q
        WHERE q.state = 'shipped' AND q.entered_at < k.before
        ORDER BY q.entered_at
        LIMIT $5::integer) AS f
    WHERE k.name = 'undelivered'
    UNION ALL
    SELECT k.name, b.order_id, b.order_id, NULL, NULL, b.since, b.since + k.max_age, 0, NULL, NULL, b.why
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.order_id, greatest(q.since, q.due_on::timestamp AT TIME ZONE 'UTC') AS since, q.why
        FROM open_balance AS q
        WHERE q.since < k.before AND (q.due_on IS NULL OR q.due_on < k.before AT TIME ZONE 'UTC')
        ORDER BY q.since
        LIMIT $5::integer) AS b
    WHERE k.name = 'unsettled'
    UNION ALL
    SELECT k.name, r.id, r.order_id, r.location_id, NULL, r.entered_at, r.entered_at + k.max_age, 0, NULL, NULL, NULL
    FROM (VALUES ('return_awaited', 'requested'), ('return_awaited', 'in_transit'), ('return_uninspected', 'received'),
                 ('return_incomplete', 'inspected')) AS m (name, state)
    JOIN state AS k ON k.name = m.name
    CROSS JOIN LATERAL (
        SELECT q.id, q.order_id, q.location_id, q.entered_at
        FROM customer_return AS q
        WHERE q.state = m.state AND q.state IN ('requested', 'in_transit', 'received', 'inspected')
              AND q.entered_at < k.before
        ORDER BY q.entered_at
        LIMIT $5::integer) AS r
    UNION ALL
    SELECT k.name, u.id, NULL, u.location_id, NULL, u.entered_at, u.entered_at + k.max_age, 0, NULL, NULL, NULL
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.id, q.location_id, q.entered_at
        FROM unexpected_return AS q
        WHERE q.state = 'parked' AND q.entered_at < k.before
        ORDER BY q.entered_at
        LIMIT $5::integer) AS u
    WHERE k.name = 'return_parked'
    UNION ALL
    SELECT k.name, c.id, c.order_id, c.location_id, NULL, c.entered_at, c.entered_at + k.max_age, 0, NULL, NULL, c.kind
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.id, q.order_id, q.location_id, q.entered_at, q.kind
        FROM claim AS q
        WHERE q.state = 'open' AND q.entered_at < k.before
        ORDER BY q.entered_at
        LIMIT $5::integer) AS c
    WHERE k.name = 'claim_open'
    UNION ALL
    SELECT k.name, c.id, c.order_id, c.location_id, NULL, c.carrier_entered_at, c.carrier_entered_at + k.max_age, 0, NULL,
           NULL, c.kind
    FROM (VALUES ('claim_due', 'due'), ('claim_filed', 'filed')) AS m (name, state)
    JOIN state AS k ON k.name = m.name
    CROSS JOIN LATERAL (
        SELECT q.id, q.order_id, q.location_id, q.carrier_entered_at, q.kind
        FROM claim AS q
        WHERE q.carrier_state = m.state AND q.carrier_state IN ('due', 'filed') AND q.carrier_entered_at < k.before
        ORDER BY q.carrier_entered_at
        LIMIT $5::integer) AS c
    UNION ALL
    SELECT k.name, m.id, m.order_id, NULL, NULL, m.said_at, m.said_at + k.max_age, 0, NULL, NULL, m.medium
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.id, q.order_id, q.said_at, q.medium
        FROM message AS q
        WHERE q.answer = 'awaited' AND q.said_at < k.before
        ORDER BY q.said_at
        LIMIT $5::integer) AS m
    WHERE k.name = 'message_unanswered'
    UNION ALL
    -- The money may be withheld until the goods are back or on their way (Directive 2011/83/EU, article 13(3)).
    SELECT k.name, w.id, w.order_id, NULL, NULL, w.refund_by::timestamp AT TIME ZONE 'UTC',
           w.refund_by::timestamp AT TIME ZONE 'UTC' + k.max_age, 0, NULL, NULL, w.why
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (x.id) x.id, x.order_id, x.refund_by, x.why FROM (
        (SELECT q.id, q.order_id, q.refund_by, 'goods_came' AS why
         FROM customer_return AS r
         JOIN withdrawal AS q ON q.return_id = r.id AND q.refund_by < k.before AT TIME ZONE 'UTC'
         WHERE r.state IN ('in_transit', 'received', 'inspected')
               AND EXISTS (SELECT FROM return_line AS n
                           WHERE n.return_id = r.id AND n.credited + n.refused < n.quantity)
         ORDER BY r.state, r.entered_at
         LIMIT $5::integer)
        UNION ALL
        (SELECT DISTINCT ON (b.order_id) q.id, q.order_id, q.refund_by, b.why
         FROM open_balance AS b
         JOIN withdrawal AS q ON q.order_id = b.order_id AND q.refund_by < k.before AT TIME ZONE 'UTC'
         WHERE b.why = 'refund_by_hand'
         ORDER BY b.order_id, q.id
         LIMIT $5::integer)) AS x ORDER BY x.id, x.why) AS w
    WHERE k.name = 'withdrawal_unpaid'
)
SELECT w.state, w.subject_id, o.id AS order_id, o.number AS order_number, l.code AS location,
       l.name AS location_name, c.code AS sku, w.since, w.late_since, w.attempts, w.set_aside_at, w.error, w.detail,
       w.set_aside_all, w.late_all
FROM (
    SELECT a.*, count(*) FILTER (WHERE a.set_aside_at IS NOT NULL) OVER () AS set_aside_all,
           count(*) FILTER (WHERE a.set_aside_at IS NULL) OVER () AS late_all
    FROM late AS a
    ORDER BY a.set_aside_at IS NULL, a.late_since, a.state, a.subject_id
    LIMIT $6::integer
) AS w
LEFT JOIN shipment AS h ON w.state = 'label' AND h.id = w.subject_id
LEFT JOIN fulfillment AS f ON f.id = CASE w.state WHEN 'release' THEN w.subject_id WHEN 'label' THEN h.fulfillment_id END
LEFT JOIN payment AS p ON p.id = CASE WHEN w.state IN ('pay', 'watch') THEN w.subject_id END
LEFT JOIN orders AS o ON o.id = coalesce(
    w.order_id, f.order_id, p.order_id,
    CASE WHEN w.state IN ('verify', 'resolve', 'source', 'settle', 'document') THEN w.subject_id END)
LEFT JOIN location AS l ON l.id = coalesce(w.location_id, f.location_id)
LEFT JOIN sku AS c ON c.id = coalesce(w.sku_id, CASE w.state WHEN 'backorders' THEN w.subject_id END)
ORDER BY w.set_aside_at IS NULL, w.late_since, w.state, w.subject_id
