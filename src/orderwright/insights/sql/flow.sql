-- How much waits in each state, since when the first of it, and how much waits longer than it may. Of each state no more
-- than `counted_max` are looked at, the oldest first.
-- in:    now timestamptz, states text[], max_ages interval[], counted_max int
-- locks: nothing
-- uses:  work_pkey, orders_held_idx, hold_open_idx, backorder_pkey, fulfillment_waiting_idx, open_balance_since_idx,
--        customer_return_waiting_idx, unexpected_return_parked_idx, claim_open_idx, claim_carrier_idx,
--        message_waiting_idx
WITH state AS (
    SELECT k.name, $1::timestamptz - k.max_age AS before
    FROM unnest($2::text[], $3::interval[]) AS k (name, max_age)
), waits AS (
    SELECT k.name, k.before, w.entered_at AS since, w.set_aside_at IS NOT NULL AS set_aside, w.entered_at < k.before AS late
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.entered_at, q.set_aside_at
        FROM work AS q
        WHERE q.stage = k.name
        ORDER BY q.subject_id
        LIMIT $4::integer) AS w
    UNION ALL
    SELECT k.name, k.before, h.created_at, false, h.created_at < k.before
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.created_at
        FROM hold AS q
        WHERE q.released_at IS NULL
        ORDER BY q.order_id, q.type
        LIMIT $4::integer) AS h
    WHERE k.name = 'held'
    UNION ALL
    SELECT k.name, k.before, uuid_extract_timestamp(b.order_id), false, uuid_extract_timestamp(b.order_id) < k.before
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT DISTINCT q.order_id
        FROM backorder AS q
        WHERE q.supply_id IS NULL
        ORDER BY q.order_id
        LIMIT $4::integer) AS b
    WHERE k.name = 'backordered'
    UNION ALL
    SELECT k.name, k.before, f.entered_at, false, f.entered_at < k.before OR f.due_at < $1::timestamptz
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.entered_at, q.due_at
        FROM fulfillment AS q
        WHERE q.state = k.name AND q.state IN ('released', 'picking', 'picked', 'packed', 'shipped')
              AND (q.state <> 'packed' OR q.method = 'ship')
        ORDER BY q.entered_at
        LIMIT $4::integer) AS f
    WHERE k.name IN ('released', 'picking', 'picked', 'packed')
    UNION ALL
    SELECT k.name, k.before, f.entered_at, false, f.entered_at < k.before
    FROM (VALUES ('to_collect', 'packed', 'pickup'), ('shipped', 'shipped', NULL)) AS m (name, state, method)
    JOIN state AS k ON k.name = m.name
    CROSS JOIN LATERAL (
        SELECT q.entered_at
        FROM fulfillment AS q
        WHERE q.state = m.state AND q.state IN ('released', 'picking', 'picked', 'packed', 'shipped')
              AND (m.method IS NULL OR q.method = m.method)
        ORDER BY q.entered_at
        LIMIT $4::integer) AS f
    UNION ALL
    SELECT k.name, k.before, b.since, false, b.since < k.before AND (b.due_on IS NULL OR b.due_on < k.before AT TIME ZONE 'UTC')
    FROM state AS k
    CROSS JOIN LATERAL (SELECT q.since, q.due_on FROM open_balance AS q ORDER BY q.since LIMIT $4::integer) AS b
    WHERE k.name = 'unsettled'
    UNION ALL
    SELECT k.name, k.before, r.entered_at, false, r.entered_at < k.before
    FROM (VALUES ('return_awaited', 'requested'), ('return_awaited', 'in_transit'), ('return_uninspected', 'received'),
                 ('return_incomplete', 'inspected')) AS m (name, state)
    JOIN state AS k ON k.name = m.name
    CROSS JOIN LATERAL (
        SELECT q.entered_at
        FROM customer_return AS q
        WHERE q.state = m.state AND q.state IN ('requested', 'in_transit', 'received', 'inspected')
        ORDER BY q.entered_at
        LIMIT $4::integer) AS r
    UNION ALL
    SELECT k.name, k.before, u.entered_at, false, u.entered_at < k.before
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.entered_at FROM unexpected_return AS q WHERE q.state = 'parked' ORDER BY q.entered_at LIMIT $4::integer
    ) AS u
    WHERE k.name = 'return_parked'
    UNION ALL
    SELECT k.name, k.before, c.entered_at, false, c.entered_at < k.before
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.entered_at FROM claim AS q WHERE q.state = 'open' ORDER BY q.entered_at LIMIT $4::integer) AS c
    WHERE k.name = 'claim_open'
    UNION ALL
    SELECT k.name, k.before, c.carrier_entered_at, false, c.carrier_entered_at < k.before
    FROM (VALUES ('claim_due', 'due'), ('claim_filed', 'filed')) AS m (name, state)
    JOIN state AS k ON k.name = m.name
    CROSS JOIN LATERAL (
        SELECT q.carrier_entered_at
        FROM claim AS q
        WHERE q.carrier_state = m.state AND q.carrier_state IN ('due', 'filed')
        ORDER BY q.carrier_entered_at
        LIMIT $4::integer) AS c
    UNION ALL
    SELECT k.name, k.before, m.said_at, false, m.said_at < k.before
    FROM state AS k
    CROSS JOIN LATERAL (
        SELECT q.said_at FROM message AS q WHERE q.answer = 'awaited' ORDER BY q.said_at LIMIT $4::integer) AS m
    WHERE k.name = 'message_unanswered'
)
SELECT w.name AS state, count(*) AS waiting, count(*) FILTER (WHERE w.late AND NOT w.set_aside) AS late,
       count(*) FILTER (WHERE w.set_aside) AS set_aside, min(w.since) AS oldest
FROM waits AS w
GROUP BY w.name
