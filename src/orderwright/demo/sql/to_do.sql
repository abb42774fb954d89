-- What waits at locations in one state since a moment, by due date: orders on hold are left alone.
-- in:    location_ids uuid[], state text, since timestamptz, limit int (a location)
-- locks: nothing: the verbs lock and decide by what they find
-- uses:  fulfillment_queue_idx, orders_pkey
SELECT w.id, w.location_id, w.number, w.entered_at
FROM unnest($1::uuid[]) AS l (id)
CROSS JOIN LATERAL (
    SELECT f.id, f.location_id, o.number, f.entered_at
    FROM fulfillment AS f
    JOIN orders AS o ON o.id = f.order_id
    WHERE f.location_id = l.id AND f.state = $2 AND f.entered_at <= $3 AND o.hold_count = 0
    ORDER BY f.due_at, f.id
    LIMIT $4::integer
) AS w
