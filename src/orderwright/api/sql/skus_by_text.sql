-- The first SKUs from a code on whose code or name contains a text, or whose GTIN it is.
-- in:    pattern text (of LIKE), gtin text, after text (inclusive), limit integer
-- locks: nothing
-- uses:  sku_search_idx, sku_gtin_idx
SELECT k.id
FROM sku AS k
WHERE (k.code ILIKE $1::text OR k.name ILIKE $1::text OR k.gtin = $2::text) AND k.code >= $3::text
ORDER BY k.code
LIMIT $4::integer
