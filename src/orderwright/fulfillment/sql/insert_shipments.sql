-- Open shipments: the intent to buy labels, written before the carrier is called.
-- in:    ids uuid[], fulfillment_ids uuid[], order_ids uuid[], carriers text[], services text[]
-- locks: nothing
-- uses:  shipment_pkey, shipment_fulfillment_id_key
INSERT INTO shipment (id, fulfillment_id, order_id, carrier, service, state)
SELECT s.id, s.fulfillment_id, s.order_id, s.carrier, s.service, 'label_wanted'
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[])
     AS s (id, fulfillment_id, order_id, carrier, service)
