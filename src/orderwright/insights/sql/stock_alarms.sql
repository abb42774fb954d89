-- SKUs that a pool can no longer promise, or only a few units of, or that somebody waits for: the worst first, each with
-- what every pool has, what is coming, and the totals of all.
-- in:    low_units int, shown int
-- locks: nothing
-- uses:  no index for the first: quantities have none on purpose; availability has a row a SKU and pool, and is small.
--        availability_pkey, supply_sku_idx, sku_pkey, pool_pkey for those that are shown
SELECT k.code AS sku, k.name, p.pools, p.available, w.least, w.backordered, coalesce(c.coming, 0)::integer AS coming,
       c.coming_on, w.short, w.out, w.low, w.owed, w.backordered_all
FROM (
    SELECT g.sku_id, g.least, g.backordered, g.promised,
           count(*) FILTER (WHERE g.least < 0) OVER () AS short,
           count(*) FILTER (WHERE g.least = 0) OVER () AS out,
           count(*) FILTER (WHERE g.least BETWEEN 1 AND $1::integer) OVER () AS low,
           count(*) FILTER (WHERE g.least > $1::integer) OVER () AS owed,
           (sum(g.backordered) OVER ())::bigint AS backordered_all
    FROM (SELECT a.sku_id, min(a.available_to_promise) AS least, sum(a.backordered)::integer AS backordered,
                 sum(a.promised) AS promised
          FROM availability AS a
          WHERE a.available_to_promise <= $1::integer OR a.backordered > 0
          GROUP BY a.sku_id) AS g
    ORDER BY g.least >= 0, g.backordered DESC, g.least <= 0 DESC, g.promised DESC, g.least, g.sku_id
    LIMIT $2::integer
) AS w
JOIN sku AS k ON k.id = w.sku_id
CROSS JOIN LATERAL (
    SELECT array_agg(n.name ORDER BY a.available_to_promise, n.code) AS pools,
           array_agg(a.available_to_promise ORDER BY a.available_to_promise, n.code) AS available
    FROM availability AS a
    JOIN pool AS n ON n.id = a.pool_id
    WHERE a.sku_id = w.sku_id) AS p
CROSS JOIN LATERAL (
    SELECT sum(s.quantity - s.preordered) AS coming, min(s.due_on) AS coming_on
    FROM supply AS s
    WHERE s.sku_id = w.sku_id AND s.quantity > s.preordered) AS c
ORDER BY w.least >= 0, w.backordered DESC, w.least <= 0 DESC, w.promised DESC, w.least, k.code
