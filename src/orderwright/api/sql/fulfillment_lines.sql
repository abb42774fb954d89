-- What a fulfillment has to bring, with the names of the goods.
-- in:    fulfillment_id uuid
-- locks: nothing
-- uses:  allocation_pkey, sku_pkey
SELECT a.line_n, a.component_n, k.code AS sku, k.name, k.gtin, a.quantity, a.picked, a.packed, a.shipped, a.delivered
FROM allocation AS a
JOIN sku AS k ON k.id = a.sku_id
WHERE a.fulfillment_id = $1
ORDER BY a.line_n, a.component_n
