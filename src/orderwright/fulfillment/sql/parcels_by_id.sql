-- Parcels by id.
-- in:    parcel_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  parcel_pkey, shipment_pkey
SELECT p.id, p.shipment_id, p.order_id, s.fulfillment_id, p.n, p.weight_g, p.carrier, p.tracking_number, p.state,
       p.tracked_at, s.service, p.shipped_at
FROM parcel AS p
JOIN shipment AS s ON s.id = p.shipment_id
WHERE p.id = ANY ($1::uuid[])
