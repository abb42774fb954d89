-- Parcels that carriers have, of which nothing was heard since a moment: those that wait longest first.
-- in:    location_ids uuid[], since timestamptz, limit int
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  fulfillment_queue_idx, shipment_fulfillment_id_key, parcel_shipment_id_n_key, orders_pkey, location_pkey
SELECT p.tracking_number, p.state, coalesce(p.tracked_at, f.entered_at) AS heard_at, o.number, l.city
FROM fulfillment AS f
JOIN shipment AS s ON s.fulfillment_id = f.id
JOIN parcel AS p ON p.shipment_id = s.id
JOIN orders AS o ON o.id = f.order_id
JOIN location AS l ON l.id = f.location_id
WHERE f.location_id = ANY ($1::uuid[]) AND f.state = 'shipped' AND p.tracking_number IS NOT NULL
      AND coalesce(p.tracked_at, f.entered_at) <= $2
ORDER BY coalesce(p.tracked_at, f.entered_at), p.id
LIMIT $3::integer
