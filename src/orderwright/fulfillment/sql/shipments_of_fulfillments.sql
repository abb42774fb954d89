-- The shipments of fulfillments.
-- in:    fulfillment_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  shipment_fulfillment_id_key
SELECT s.id, s.fulfillment_id, s.order_id, s.carrier, s.service, s.state
FROM shipment AS s
WHERE s.fulfillment_id = ANY ($1::uuid[])
