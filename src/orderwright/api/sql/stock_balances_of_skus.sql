-- A page of what locations have of some SKUs and what their pools can promise, in the order of the codes. With an alarm,
-- the rows whose pool has it.
-- in:    sku_ids uuid[], after_sku text, after_location text (exclusive), location_ids uuid[] (NULL: all),
--        pool_id uuid (NULL: all), alarm text (NULL: any or none), low_units integer, page integer
-- locks: nothing
-- uses:  sku_pkey, stock_pkey, location_pkey, pool_pkey, availability_pkey
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
WHERE k.id = ANY ($1::uuid[]) AND k.code >= $2::text AND (k.code > $2::text OR l.code > $3::text)
  AND ($4::uuid[] IS NULL OR l.id = ANY ($4::uuid[]))
  AND ($5::uuid IS NULL OR l.pool_id = $5::uuid)
  AND ($6::text IS NULL
       OR ($6::text = 'short' AND a.available_to_promise < 0)
       OR ($6::text = 'out' AND a.available_to_promise = 0)
       OR ($6::text = 'low' AND a.available_to_promise BETWEEN 1 AND $7::integer)
       OR ($6::text = 'waited_for' AND a.backordered > 0))
ORDER BY k.code, l.code
LIMIT $8::integer
