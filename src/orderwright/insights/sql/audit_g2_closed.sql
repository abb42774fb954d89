-- Law G2: a location that is closed has nothing that its pool could promise: what it has is withheld.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('sku %s at location %s', t.sku_id, l.code) AS subject, format('available %s', t.available) AS detail
FROM location AS l
JOIN stock AS t ON t.location_id = l.id
WHERE NOT l.active AND t.available <> 0
LIMIT 100
