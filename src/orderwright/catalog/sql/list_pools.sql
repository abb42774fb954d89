-- A page of pools in the order of their codes.
-- in:    after text (the last code of the page before, or ''), limit integer, code_pattern text, name_pattern text
--        (LIKE patterns, NULL: all)
-- locks: nothing
-- uses:  pool_code_key (there are few pools)
SELECT p.id, p.version, p.created_at, p.updated_at, p.code, p.name, p.metadata
FROM pool p
WHERE p.code > $1::text
  AND ($3::text IS NULL OR p.code ILIKE $3::text OR p.name ILIKE $4::text)
ORDER BY p.code
LIMIT $2::integer
