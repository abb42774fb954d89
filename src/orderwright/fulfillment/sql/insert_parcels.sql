-- Write the parcels of new shipments.
-- in:    ids uuid[], shipment_ids uuid[], order_ids uuid[], ns int[], weights_g int[], carriers text[]
-- locks: nothing
-- uses:  parcel_pkey
INSERT INTO parcel (id, shipment_id, order_id, n, weight_g, carrier, state)
SELECT p.id, p.shipment_id, p.order_id, p.n, p.weight_g, p.carrier, 'label_wanted'
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::integer[], $6::text[])
     AS p (id, shipment_id, order_id, n, weight_g, carrier)
