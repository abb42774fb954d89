-- Law G2: the promised and backordered balances of a pool are the sums of the promises and backorders behind them.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('sku %s in pool %s', coalesce(a.sku_id, p.sku_id, b.sku_id), coalesce(a.pool_id, p.pool_id, b.pool_id))
           AS subject,
       format('promised %s, promises %s; backordered %s, backorders %s', a.promised, coalesce(p.units, 0),
              a.backordered, coalesce(b.units, 0)) AS detail
FROM availability AS a
FULL JOIN (SELECT sku_id, pool_id, sum(quantity) AS units FROM promise GROUP BY sku_id, pool_id) AS p
     ON p.sku_id = a.sku_id AND p.pool_id = a.pool_id
FULL JOIN (SELECT sku_id, pool_id, sum(quantity) AS units FROM backorder GROUP BY sku_id, pool_id) AS b
     ON b.sku_id = a.sku_id AND b.pool_id = a.pool_id
WHERE coalesce(a.promised, 0) <> coalesce(p.units, 0) OR coalesce(a.backordered, 0) <> coalesce(b.units, 0)
LIMIT 100
