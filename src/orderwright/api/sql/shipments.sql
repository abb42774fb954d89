-- Shipments by id, or of a fulfillment, with the order's channel and the location.
-- in:    shipment_id uuid (NULL: any), fulfillment_id uuid (NULL: any): one of the two is given
-- locks: nothing
-- uses:  shipment_pkey, shipment_fulfillment_id_key, fulfillment_pkey, orders_pkey
SELECT s.id, s.fulfillment_id, s.order_id, o.number AS order_number, o.channel_id, f.location_id, s.carrier, s.service,
       s.state, s.created_at
FROM shipment AS s
JOIN fulfillment AS f ON f.id = s.fulfillment_id
JOIN orders AS o ON o.id = s.order_id
WHERE s.id = $1 OR s.fulfillment_id = $2
