-- Packed fulfillments whose label is there, or that need none, from all locations.
-- in:    limit int
-- locks: nothing
-- uses:  fulfillment_queue_idx, a range a location; shipment_fulfillment_id_key
SELECT f.id
FROM location AS l
CROSS JOIN LATERAL (
    SELECT w.id FROM fulfillment AS w
    LEFT JOIN shipment AS s ON s.fulfillment_id = w.id
    WHERE w.location_id = l.id AND w.state = 'packed' AND (w.method = 'pickup' OR s.state = 'labelled')
    ORDER BY w.due_at, w.id
    LIMIT $1
) AS f
LIMIT $1
