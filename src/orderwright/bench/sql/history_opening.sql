-- The opening stock of a made-up history: what was allocated there, what placed orders were promised of the first pool
-- (from its first location), and some more, at every location.
-- in:    act_id uuid
-- locks: nothing
-- uses:  whole tables
INSERT INTO movement (id, sku_id, from_bucket, to_location_id, to_bucket, quantity, kind, act_id, happened_at)
SELECT md5('opening' || s.id || l.id)::uuid, s.id, 'opening', l.id, 'available',
       100 + coalesce(a.units, 0) + CASE WHEN l.id = f.location_id THEN coalesce(p.units, 0) ELSE 0 END,
       'opening', $1::uuid, now()
FROM sku AS s
CROSS JOIN location AS l
CROSS JOIN (
    SELECT l.id AS location_id FROM location AS l WHERE l.pool_id = (SELECT id FROM pool ORDER BY code LIMIT 1)
    ORDER BY l.code LIMIT 1
) AS f
LEFT JOIN (SELECT sku_id, location_id, sum(quantity)::integer AS units FROM allocation GROUP BY 1, 2) AS a
     ON a.sku_id = s.id AND a.location_id = l.id
LEFT JOIN (SELECT sku_id, sum(quantity)::integer AS units FROM promise GROUP BY 1) AS p ON p.sku_id = s.id
WHERE s.kind = 'stocked'
