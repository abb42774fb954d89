-- The balances at the locations of a made-up history: the sums of its movements.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables
INSERT INTO stock (sku_id, location_id, available, allocated, picked, packed)
SELECT e.sku_id, e.location_id, sum(e.units) FILTER (WHERE e.bucket = 'available'),
       coalesce(sum(e.units) FILTER (WHERE e.bucket = 'allocated'), 0),
       coalesce(sum(e.units) FILTER (WHERE e.bucket = 'picked'), 0),
       coalesce(sum(e.units) FILTER (WHERE e.bucket = 'packed'), 0)
FROM (
    SELECT sku_id, to_location_id AS location_id, to_bucket AS bucket, quantity AS units
    FROM movement WHERE to_location_id IS NOT NULL
    UNION ALL
    SELECT sku_id, from_location_id, from_bucket, -quantity FROM movement WHERE from_location_id IS NOT NULL
) AS e
GROUP BY e.sku_id, e.location_id
