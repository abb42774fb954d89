-- The parcels of shipments.
-- in:    shipment_ids uuid[]
-- locks: nothing
-- uses:  parcel_shipment_id_n_key
SELECT p.id, p.shipment_id, p.order_id, s.fulfillment_id, p.n, p.weight_g, p.carrier, p.tracking_number, p.state,
       p.tracked_at, s.service, p.shipped_at
FROM parcel AS p
JOIN shipment AS s ON s.id = p.shipment_id
WHERE p.shipment_id = ANY ($1::uuid[])
ORDER BY p.shipment_id, p.n
