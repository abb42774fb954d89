-- SKUs by code, with how often SKUs had been written. Codes that no SKU has are absent.
-- The array stands in a subquery so that its length is not seen: one plan serves one code and a hundred.
-- in:    sku_codes text[]
-- locks: nothing
-- uses:  sku_code_key
SELECT v.version, k.code, k.id, k.name
FROM sku AS k
CROSS JOIN sku_version AS v
WHERE k.code = ANY ((SELECT $1::text[])::text[])
