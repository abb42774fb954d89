-- Lock stock rows in key order and read their newest committed state.
-- in:    sku_ids uuid[], location_ids uuid[] (pairs)
-- locks: stock (sku, location order), FOR UPDATE
-- uses:  stock_pkey, location_pkey
SELECT s.sku_id, s.location_id, s.available, s.withheld, s.allocated, s.picked, s.packed, s.quarantine, s.damaged,
       s.in_transit, l.pool_id
FROM unnest($1::uuid[], $2::uuid[]) AS k (sku_id, location_id)
JOIN stock AS s ON s.sku_id = k.sku_id AND s.location_id = k.location_id
JOIN location AS l ON l.id = s.location_id
ORDER BY s.sku_id, s.location_id
FOR UPDATE OF s
