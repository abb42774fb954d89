-- Parcels of a made-up history, one a shipment.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key, shipment_order_idx
INSERT INTO parcel (id, shipment_id, order_id, n, weight_g, carrier, tracking_number, state, tracked_at, shipped_at)
SELECT overlay(o.id::text PLACING '4' FROM 25)::uuid, s.id, o.id, 1, 500 + o.number % 3000, 'builtin',
       'OW' || lpad((hashint8extended(o.number, 41) & 9223372036854775807)::text, 21, '0'),
       CASE s.state WHEN 'delivered' THEN 'delivered' ELSE 'in_transit' END, s.created_at + interval '3 hours',
       s.created_at
FROM orders AS o
JOIN shipment AS s ON s.order_id = o.id
WHERE o.number BETWEEN $1::bigint AND $2::bigint
