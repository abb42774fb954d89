-- Stock of some SKUs at some locations now, without a lock.
-- in:    sku_ids uuid[], location_ids uuid[] (every SKU at every location)
-- locks: nothing
-- uses:  stock_pkey, location_pkey
SELECT s.sku_id, s.location_id, s.available, s.withheld, s.allocated, s.picked, s.packed, s.quarantine, s.damaged,
       s.in_transit, l.pool_id
FROM stock AS s
JOIN location AS l ON l.id = s.location_id
WHERE s.sku_id = ANY ($1::uuid[]) AND s.location_id = ANY ($2::uuid[])
