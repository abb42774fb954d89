-- A page of what locations have of all SKUs and what their pools can promise, in the order of the codes.
-- in:    after_sku text, after_location text (exclusive), location_ids uuid[] (NULL: all), pool_id uuid (NULL: all),
--        page integer
-- locks: nothing
-- uses:  sku_code_key, stock_pkey, location_pkey, pool_pkey, availability_pkey
SELECT k.id AS sku_id, l.id AS location_id, k.code AS sku, k.name, k.gtin, l.code AS location,
       l.name AS location_name, p.code AS pool, s.available, s.withheld, s.allocated, s.picked, s.packed, s.quarantine,
       s.damaged, s.in_transit, coalesce(a.available_to_promise, 0) AS available_to_promise,
       coalesce(a.reserved, 0) AS reserved, coalesce(a.promised, 0) AS promised,
       coalesce(a.backordered, 0) AS backordered
FROM sku AS k
JOIN stock AS s ON s.sku_id = k.id
JOIN location AS l ON l.id = s.location_id
JOIN pool AS p ON p.id = l.pool_id
LEFT JOIN availability AS a ON a.sku_id = k.id AND a.pool_id = l.pool_id
WHERE k.code >= $1::text AND (k.code > $1::text OR l.code > $2::text)
  AND ($3::uuid[] IS NULL OR l.id = ANY ($3::uuid[]))
  AND ($4::uuid IS NULL OR l.pool_id = $4::uuid)
ORDER BY k.code, l.code
LIMIT $5::integer
