-- Shipments of a made-up history.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key, fulfillment_order_idx
INSERT INTO shipment (id, fulfillment_id, order_id, carrier, service, state, created_at)
SELECT overlay(o.id::text PLACING '3' FROM 25)::uuid, f.id, o.id, 'builtin', 'standard', f.state, f.packed_at
FROM orders AS o
JOIN fulfillment AS f ON f.order_id = o.id
WHERE f.state IN ('shipped', 'delivered') AND o.number BETWEEN $1::bigint AND $2::bigint
