-- The balances of the pools of a made-up history (law G2).
-- in:    nothing
-- locks: nothing
-- uses:  whole tables
INSERT INTO availability (sku_id, pool_id, available_to_promise, promised, backordered)
SELECT s.sku_id, s.pool_id, s.available - coalesce(p.units, 0), coalesce(p.units, 0), coalesce(b.units, 0)
FROM (
    SELECT t.sku_id, l.pool_id, sum(t.available) AS available
    FROM stock AS t
    JOIN location AS l ON l.id = t.location_id
    GROUP BY t.sku_id, l.pool_id
) AS s
LEFT JOIN (SELECT sku_id, pool_id, sum(quantity) AS units FROM promise GROUP BY 1, 2) AS p
     ON p.sku_id = s.sku_id AND p.pool_id = s.pool_id
LEFT JOIN (SELECT sku_id, pool_id, sum(quantity) AS units FROM backorder GROUP BY 1, 2) AS b
     ON b.sku_id = s.sku_id AND b.pool_id = s.pool_id
