-- Tracking numbers of parcels that left and did not arrive, from all locations.
-- in:    limit int
-- locks: nothing
-- uses:  fulfillment_queue_idx, a range a location; shipment_fulfillment_id_key, parcel_shipment_id_n_key
SELECT p.tracking_number
FROM location AS l
CROSS JOIN LATERAL (
    SELECT w.id FROM fulfillment AS w
    WHERE w.location_id = l.id AND w.state = 'shipped'
    ORDER BY w.due_at, w.id
    LIMIT $1
) AS f
JOIN shipment AS s ON s.fulfillment_id = f.id
JOIN parcel AS p ON p.shipment_id = s.id
WHERE p.tracking_number IS NOT NULL
LIMIT $1
