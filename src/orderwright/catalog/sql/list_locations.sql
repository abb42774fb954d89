-- A page of locations in the order of their codes.
-- in:    after text (the last code of the page before, or ''), active boolean (NULL: both), limit integer,
--        code_pattern text, name_pattern text (LIKE patterns, NULL: all)
-- locks: nothing
-- uses:  location_code_key, pool_pkey (there are some thousands of locations at most)
SELECT l.id, l.version, l.created_at, l.updated_at, l.code, l.name, l.kind, p.code AS pool, l.country, l.time_zone,
       l.line1, l.line2, l.city, l.region, l.postal_code, l.latitude, l.longitude, l.open_weekdays, l.holidays,
       l.cutoff, l.daily_capacity, l.active, l.external_refs, l.metadata
FROM location l
JOIN pool p ON p.id = l.pool_id
WHERE l.code > $1::text AND ($2::boolean IS NULL OR l.active = $2::boolean)
  AND ($4::text IS NULL OR l.code ILIKE $4::text OR l.name ILIKE $5::text)
ORDER BY l.code
LIMIT $3::integer
