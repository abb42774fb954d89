-- Law G1: every bucket at a location equals the sum of its movements.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('sku %s at %s, bucket %s', coalesce(m.sku_id, s.sku_id), coalesce(m.location_id, s.location_id),
              coalesce(m.bucket, s.bucket)) AS subject,
       format('balance %s, movements make %s', coalesce(s.units, 0), coalesce(m.units, 0)) AS detail
FROM (
    SELECT e.sku_id, e.location_id, e.bucket, sum(e.units) AS units
    FROM (
        SELECT sku_id, to_location_id AS location_id, to_bucket AS bucket, quantity AS units
        FROM movement WHERE to_location_id IS NOT NULL
        UNION ALL
        SELECT sku_id, from_location_id, from_bucket, -quantity FROM movement WHERE from_location_id IS NOT NULL
    ) AS e
    GROUP BY e.sku_id, e.location_id, e.bucket
) AS m
FULL JOIN (
    SELECT t.sku_id, t.location_id, b.bucket, b.units
    FROM stock AS t
    CROSS JOIN LATERAL (VALUES ('available', t.available), ('withheld', t.withheld), ('allocated', t.allocated),
                               ('picked', t.picked), ('packed', t.packed), ('quarantine', t.quarantine),
                               ('damaged', t.damaged), ('in_transit', t.in_transit)) AS b (bucket, units)
) AS s ON s.sku_id = m.sku_id AND s.location_id = m.location_id AND s.bucket = m.bucket
WHERE coalesce(s.units, 0) <> coalesce(m.units, 0)
LIMIT 100
