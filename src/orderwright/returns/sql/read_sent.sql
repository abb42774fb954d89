-- How the lines of orders left: in which fulfillment, from where and when, and in which parcels. A row for each line and
-- parcel, in the order in which they were made.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  fulfillment_order_idx, allocation_pkey, order_line_pkey, shipment_fulfillment_id_key,
--        parcel_shipment_id_n_key, parcel_unit_pkey
SELECT f.order_id, a.line_n, f.id AS fulfillment_id, f.location_id, f.due_at,
       coalesce(f.shipped_at, p.shipped_at, f.delivered_at) AS shipped_at, p.id AS parcel_id, p.tracking_number, l.sku_code, l.name
FROM fulfillment AS f
JOIN LATERAL (SELECT DISTINCT q.line_n FROM allocation AS q WHERE q.fulfillment_id = f.id AND q.shipped > 0) AS a ON true
JOIN order_line AS l ON l.order_id = f.order_id AND l.n = a.line_n
LEFT JOIN shipment AS s ON s.fulfillment_id = f.id
LEFT JOIN parcel AS p ON p.shipment_id = s.id AND p.shipped_at IS NOT NULL
     AND EXISTS (SELECT 1 FROM parcel_unit AS u WHERE u.parcel_id = p.id AND u.line_n = a.line_n AND u.quantity > 0)
WHERE f.order_id = ANY ($1::uuid[])
ORDER BY f.order_id, f.id, a.line_n, p.n
