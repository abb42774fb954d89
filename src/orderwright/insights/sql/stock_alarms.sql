-- SKUs that a pool can no longer promise, or only a few units of: the worst first, each with the totals of all.
-- in:    low_units int, shown int
-- locks: nothing
-- uses:  no index: quantities have none on purpose; availability has a row a SKU and pool, and is small
SELECT s.code AS sku, s.name, p.name AS pool, w.available_to_promise, w.backordered, w.promised,
       w.out, w.low, w.short, w.backordered_all
FROM (
    SELECT a.sku_id, a.pool_id, a.available_to_promise, a.backordered, a.promised,
           count(*) FILTER (WHERE a.available_to_promise <= 0) OVER () AS out,
           count(*) FILTER (WHERE a.available_to_promise > 0) OVER () AS low,
           count(*) FILTER (WHERE a.available_to_promise < 0) OVER () AS short,
           sum(a.backordered) OVER () AS backordered_all
    FROM availability AS a
    WHERE a.available_to_promise <= $1::integer OR a.backordered > 0
    ORDER BY a.available_to_promise >= 0, a.backordered DESC, a.available_to_promise <= 0 DESC,
             a.promised DESC, a.available_to_promise, a.sku_id, a.pool_id
    LIMIT $2::integer
) AS w
JOIN sku AS s ON s.id = w.sku_id
JOIN pool AS p ON p.id = w.pool_id
ORDER BY w.available_to_promise >= 0, w.backordered DESC, w.available_to_promise <= 0 DESC,
         w.promised DESC, w.available_to_promise, s.code, p.name
