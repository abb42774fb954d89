-- What is in the parcels of a made-up history: all that their fulfillments shipped.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key, shipment_order_idx, parcel_shipment_id_n_key, allocation_pkey
INSERT INTO parcel_unit (parcel_id, line_n, component_n, quantity)
SELECT p.id, a.line_n, a.component_n, a.shipped
FROM orders AS o
JOIN shipment AS s ON s.order_id = o.id
JOIN parcel AS p ON p.shipment_id = s.id
JOIN allocation AS a ON a.fulfillment_id = s.fulfillment_id
WHERE o.number BETWEEN $1::bigint AND $2::bigint AND a.shipped > 0
