-- What picked goods weigh, by fulfillment; what no SKU says weighs 200 g.
-- in:    fulfillment_ids uuid[]
-- locks: nothing
-- uses:  allocation_pkey, sku_pkey
SELECT a.fulfillment_id, sum(a.picked * coalesce(k.weight_g, 200))::bigint AS weight_g
FROM allocation AS a
JOIN sku AS k ON k.id = a.sku_id
WHERE a.fulfillment_id = ANY ($1::uuid[])
GROUP BY a.fulfillment_id
