-- Law G3: the preordered units of a dated supply are those that wait for it, or all it still brings when more wait.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('supply %s', s.id) AS subject,
       format('preordered %s of %s, backorders %s', s.preordered, s.quantity, coalesce(b.units, 0)) AS detail
FROM supply AS s
LEFT JOIN (SELECT supply_id, sum(quantity) AS units FROM backorder WHERE supply_id IS NOT NULL GROUP BY supply_id) AS b
     ON b.supply_id = s.id
WHERE s.preordered <> least(s.quantity, coalesce(b.units, 0))
LIMIT 100
