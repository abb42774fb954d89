-- Law G2: for each pool, ATP + reserved + promised equals the `available` buckets of its locations.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('sku %s in pool %s', coalesce(a.sku_id, s.sku_id), coalesce(a.pool_id, s.pool_id)) AS subject,
       format('ATP %s + reserved %s + promised %s, available %s', a.available_to_promise, a.reserved, a.promised,
              coalesce(s.available, 0)) AS detail
FROM availability AS a
FULL JOIN (
    SELECT t.sku_id, l.pool_id, sum(t.available) AS available
    FROM stock AS t
    JOIN location AS l ON l.id = t.location_id
    GROUP BY t.sku_id, l.pool_id
) AS s ON s.sku_id = a.sku_id AND s.pool_id = a.pool_id
WHERE coalesce(a.available_to_promise + a.reserved + a.promised, 0) <> coalesce(s.available, 0)
LIMIT 100
