-- What is in parcels.
-- in:    parcel_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  parcel_pkey, shipment_pkey, parcel_unit_pkey
SELECT s.fulfillment_id, u.line_n, u.component_n, p.order_id, p.id AS parcel_id, p.n, u.quantity
FROM parcel AS p
JOIN shipment AS s ON s.id = p.shipment_id
JOIN parcel_unit AS u ON u.parcel_id = p.id
WHERE p.id = ANY ($1::uuid[])
ORDER BY s.fulfillment_id, p.n, u.line_n, u.component_n
