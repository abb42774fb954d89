-- What goods a fulfillment brings, by parcel; in parcel 0 what is in none (yet).
-- in:    fulfillment_id uuid
-- locks: nothing
-- uses:  allocation_pkey, sku_pkey, shipment_fulfillment_id_key, parcel_shipment_id_n_key, parcel_unit_pkey
SELECT 0 AS parcel, a.line_n, a.component_n, k.code AS sku, k.name, k.gtin, a.quantity
FROM allocation AS a
JOIN sku AS k ON k.id = a.sku_id
WHERE a.fulfillment_id = $1::uuid AND a.quantity > 0
      AND NOT EXISTS (SELECT 1 FROM shipment AS s WHERE s.fulfillment_id = a.fulfillment_id)
UNION ALL
SELECT p.n, a.line_n, a.component_n, k.code, k.name, k.gtin, u.quantity
FROM shipment AS s
JOIN parcel AS p ON p.shipment_id = s.id AND p.state <> 'cancelled'
JOIN parcel_unit AS u ON u.parcel_id = p.id AND u.quantity > 0
JOIN allocation AS a ON a.fulfillment_id = s.fulfillment_id AND a.line_n = u.line_n AND a.component_n = u.component_n
JOIN sku AS k ON k.id = a.sku_id
WHERE s.fulfillment_id = $1::uuid
ORDER BY 1, 2, 3
