-- Where the stock of a made-up history went: one movement a SKU, location and bucket sums up those of all its orders.
-- in:    act_id uuid
-- locks: nothing
-- uses:  whole tables
INSERT INTO movement (id, sku_id, from_location_id, from_bucket, to_location_id, to_bucket, quantity, kind, act_id,
                      happened_at)
SELECT md5(b.bucket || a.sku_id || a.location_id)::uuid, a.sku_id, a.location_id, 'available',
       CASE WHEN b.bucket <> 'customer' THEN a.location_id END, b.bucket, b.units, 'history', $1::uuid, now()
FROM (
    SELECT sku_id, location_id, sum(quantity - picked - packed - shipped)::integer AS allocated,
           sum(picked)::integer AS picked, sum(packed)::integer AS packed, sum(shipped)::integer AS shipped
    FROM allocation GROUP BY sku_id, location_id
) AS a
CROSS JOIN LATERAL (VALUES ('allocated', a.allocated), ('picked', a.picked), ('packed', a.packed),
                           ('customer', a.shipped)) AS b (bucket, units)
WHERE b.units > 0
