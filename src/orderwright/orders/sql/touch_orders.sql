-- Derive the status of orders from their components anew, count their events and holds, and raise their version. An
-- order that becomes shipped or delivered gets one event more, which says so.
-- in:    order_ids uuid[], events int[] (how many each gets), holds int[] (opened less released)
-- locks: none that the caller does not hold
-- uses:  orders_pkey, component_pkey
UPDATE orders AS o
SET status = s.status,
    event_seq = o.event_seq + d.events + (s.status <> o.status AND s.status IN ('shipped', 'delivered'))::integer,
    hold_count = o.hold_count + d.holds, version = o.version + 1
FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS d (order_id, events, holds)
CROSS JOIN LATERAL (
    SELECT order_status(sum(c.ordered), sum(c.pending), sum(c.external), sum(c.cancelled), sum(c.backordered),
                        sum(c.promised), sum(c.allocated), sum(c.picked), sum(c.packed), sum(c.shipped),
                        sum(c.delivered)) AS status
    FROM component AS c
    WHERE c.order_id = d.order_id
) AS s
WHERE o.id = d.order_id
RETURNING o.id, old.status AS old_status, new.status AS status, new.event_seq AS event_seq
