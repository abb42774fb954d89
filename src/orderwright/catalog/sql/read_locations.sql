-- Locations in full, by code or by id.
-- in:    codes text[], ids uuid[]
-- locks: nothing
-- uses:  location_code_key, location_pkey, pool_pkey
SELECT l.id, l.version, l.created_at, l.updated_at, l.code, l.name, l.kind, p.code AS pool, l.country, l.time_zone,
       l.line1, l.line2, l.city, l.region, l.postal_code, l.latitude, l.longitude, l.open_weekdays, l.holidays,
       l.cutoff, l.daily_capacity, l.active, l.external_refs, l.metadata
FROM location l
JOIN pool p ON p.id = l.pool_id
WHERE l.code = ANY ($1::text[]) OR l.id = ANY ($2::uuid[])
ORDER BY l.code
