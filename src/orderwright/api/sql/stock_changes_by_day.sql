-- By how much the available units of SKUs at locations changed on each day since some moment, in units.
-- in:    sku_ids uuid[], location_ids uuid[] (NULL: all), since uuid (the smallest id of that moment), zone text
-- locks: nothing
-- uses:  movement_sku_idx
SELECT m.sku_id, x.location_id, (m.recorded_at AT TIME ZONE $4::text)::date AS day, sum(x.units)::bigint AS units
FROM movement AS m
CROSS JOIN LATERAL (VALUES (m.to_location_id, m.to_bucket, m.quantity),
                           (m.from_location_id, m.from_bucket, -m.quantity)) AS x (location_id, bucket, units)
WHERE m.sku_id = ANY ($1::uuid[]) AND m.id > $3::uuid AND x.bucket = 'available'
  AND ($2::uuid[] IS NULL OR x.location_id = ANY ($2::uuid[]))
GROUP BY m.sku_id, x.location_id, 3
