-- A page of what all locations have, or those that the caller may see, in SKU and location order.
-- in:    sku_codes text[] (NULL: all), location_ids uuid[] (NULL: all), after_sku uuid, after_location uuid (exclusive),
--        page integer
-- locks: nothing
-- uses:  stock_pkey, sku_pkey, sku_code_key, location_pkey
SELECT s.sku_id, s.location_id, k.code AS sku, l.code AS location, s.available, s.withheld, s.allocated, s.picked,
       s.packed, s.quarantine, s.damaged, s.in_transit
FROM stock AS s
JOIN sku AS k ON k.id = s.sku_id
JOIN location AS l ON l.id = s.location_id
WHERE (s.sku_id, s.location_id) > ($3::uuid, $4::uuid)
  AND ($1::text[] IS NULL OR s.sku_id IN (SELECT w.id FROM sku AS w WHERE w.code = ANY ($1::text[])))
  AND ($2::uuid[] IS NULL OR s.location_id = ANY ($2::uuid[]))
ORDER BY s.sku_id, s.location_id
LIMIT $5::integer
