-- Units that the locations of pools have of SKUs: all buckets but in transit.
-- in:    sku_ids uuid[]
-- locks: nothing
-- uses:  stock_pkey; locations are few
SELECT t.sku_id, l.pool_id,
       sum(t.available + t.withheld + t.allocated + t.picked + t.packed + t.quarantine + t.damaged)::integer AS units
FROM stock AS t
JOIN location AS l ON l.id = t.location_id
WHERE t.sku_id = ANY ((SELECT $1::uuid[])::uuid[])
GROUP BY t.sku_id, l.pool_id
