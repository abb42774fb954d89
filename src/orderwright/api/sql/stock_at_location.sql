-- A page of what one location has, in SKU order.
-- in:    location_id uuid, sku_codes text[] (NULL: all), after_sku uuid (exclusive), page integer
-- locks: nothing
-- uses:  stock_location_idx, sku_pkey, location_pkey
SELECT s.sku_id, s.location_id, k.code AS sku, l.code AS location, s.available, s.withheld, s.allocated, s.picked,
       s.packed, s.quarantine, s.damaged, s.in_transit
FROM stock AS s
JOIN sku AS k ON k.id = s.sku_id
JOIN location AS l ON l.id = s.location_id
WHERE s.location_id = $1 AND s.sku_id > $3 AND ($2::text[] IS NULL OR k.code = ANY ($2::text[]))
ORDER BY s.sku_id
LIMIT $4::integer
