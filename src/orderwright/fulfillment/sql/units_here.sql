-- What is in parcels of fulfillments that have not left: the parcel that was packed last first.
-- in:    fulfillment_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  shipment_fulfillment_id_key, parcel_shipment_id_n_key, parcel_unit_pkey
SELECT s.fulfillment_id, u.line_n, u.component_n, p.order_id, p.id AS parcel_id, p.n, u.quantity
FROM shipment AS s
JOIN parcel AS p ON p.shipment_id = s.id
JOIN parcel_unit AS u ON u.parcel_id = p.id
WHERE s.fulfillment_id = ANY ($1::uuid[]) AND p.shipped_at IS NULL AND p.state <> 'cancelled'
ORDER BY s.fulfillment_id, p.n DESC, u.line_n, u.component_n
