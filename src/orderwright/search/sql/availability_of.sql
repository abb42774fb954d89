-- What pools can promise of SKUs. A SKU that no pool ever had any of has one row without a pool.
-- in:    sku_codes text[]
-- locks: nothing
-- uses:  sku_code_key, availability_pkey, pool_pkey
SELECT s.id AS sku_id, s.code AS sku, s.name, p.id AS pool_id, p.code AS pool, a.available_to_promise, a.reserved,
       a.promised, a.backordered
FROM sku AS s
LEFT JOIN availability AS a ON a.sku_id = s.id
LEFT JOIN pool AS p ON p.id = a.pool_id
WHERE s.code = ANY ((SELECT $1::text[])::text[])
ORDER BY s.code, p.code
