-- Laws G1 and G4: the allocated, picked and packed buckets of a location are those of the allocations behind them.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('sku %s at %s', coalesce(s.sku_id, a.sku_id), coalesce(s.location_id, a.location_id)) AS subject,
       format('allocated %s/%s picked %s/%s packed %s/%s', coalesce(s.allocated, 0), coalesce(a.allocated, 0),
              coalesce(s.picked, 0), coalesce(a.picked, 0), coalesce(s.packed, 0), coalesce(a.packed, 0)) AS detail
FROM stock AS s
FULL JOIN (
    SELECT sku_id, location_id, sum(quantity - picked - packed - shipped) AS allocated, sum(picked) AS picked,
           sum(packed) AS packed
    FROM allocation GROUP BY sku_id, location_id
) AS a ON a.sku_id = s.sku_id AND a.location_id = s.location_id
WHERE coalesce(s.allocated, 0) <> coalesce(a.allocated, 0) OR coalesce(s.picked, 0) <> coalesce(a.picked, 0)
      OR coalesce(s.packed, 0) <> coalesce(a.packed, 0)
LIMIT 100
