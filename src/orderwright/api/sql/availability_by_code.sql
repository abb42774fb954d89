-- What each pool can promise of some SKUs, in no order (a sort takes a quarter of the time); a SKU that no pool has
-- anything of gets one row without a pool.
-- The array stands in a subquery so that its length is not seen: one plan serves one code and a hundred.
-- in:    sku_codes text[]
-- locks: nothing
-- uses:  sku_code_key, availability_pkey, pool_pkey
SELECT k.code AS sku, k.name, p.code AS pool, a.available_to_promise, a.reserved, a.promised, a.backordered
FROM sku AS k
LEFT JOIN availability AS a ON a.sku_id = k.id
LEFT JOIN pool AS p ON p.id = a.pool_id
WHERE k.code = ANY ((SELECT $1::text[])::text[])
