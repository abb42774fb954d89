-- SKUs by what was typed: the code or GTIN itself, then codes that begin so, then codes and names with it anywhere.
-- in:    typed text, gtin text (NULL: it is none), pattern text (with % at both ends; NULL: too short for that), limit integer
-- locks: nothing
-- uses:  sku_code_key, sku_gtin_idx, sku_search_idx
SELECT f.id, f.code, f.name, f.active
FROM (
    SELECT s.id, s.code, s.name, s.active, 0 AS rank FROM sku AS s WHERE s.code = $1::text
    UNION ALL
    SELECT s.id, s.code, s.name, s.active, 0 FROM sku AS s WHERE s.gtin = $2::text
    UNION ALL
    (SELECT s.id, s.code, s.name, s.active, CASE WHEN starts_with(lower(s.code), lower($1::text)) THEN 1 ELSE 2 END
     FROM sku AS s
     WHERE s.code ILIKE $3::text OR s.name ILIKE $3::text
     LIMIT 200)
) AS f
GROUP BY f.id, f.code, f.name, f.active
ORDER BY min(f.rank), NOT f.active, f.code
LIMIT $4::integer
