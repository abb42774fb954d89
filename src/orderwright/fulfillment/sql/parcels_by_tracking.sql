-- The parcels that carry these tracking numbers.
-- in:    tracking_numbers text[]
-- locks: nothing: the orders are locked next
-- uses:  parcel_tracking_idx, shipment_pkey
SELECT p.id, p.shipment_id, p.order_id, s.fulfillment_id, p.n, p.weight_g, p.carrier, p.tracking_number, p.state,
       p.tracked_at, s.service, p.shipped_at
FROM parcel AS p
JOIN shipment AS s ON s.id = p.shipment_id
WHERE p.tracking_number = ANY ($1::text[])
