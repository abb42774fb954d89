-- Shipments by id.
-- in:    shipment_ids uuid[]
-- locks: nothing
-- uses:  shipment_pkey
SELECT s.id, s.fulfillment_id, s.order_id, s.carrier, s.service, s.state
FROM shipment AS s
WHERE s.id = ANY ($1::uuid[])
