-- What stands packed at locations since a moment: parcels that have their label, and pick-ups at the counter.
-- in:    location_ids uuid[], since timestamptz, limit int (a location)
-- locks: nothing: the verbs lock and decide by what they find
-- uses:  fulfillment_queue_idx, orders_pkey, shipment_fulfillment_id_key
SELECT w.id, w.location_id, w.number, w.entered_at
FROM unnest($1::uuid[]) AS l (id)
CROSS JOIN LATERAL (
    SELECT f.id, f.location_id, o.number, f.entered_at
    FROM fulfillment AS f
    JOIN orders AS o ON o.id = f.order_id
    LEFT JOIN shipment AS s ON s.fulfillment_id = f.id
    WHERE f.location_id = l.id AND f.state = 'packed' AND f.entered_at <= $2 AND o.hold_count = 0
          AND (f.method = 'pickup' OR s.state = 'labelled')
    ORDER BY f.due_at, f.id
    LIMIT $3::integer
) AS w
