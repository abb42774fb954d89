-- Where locations are, as far as taxes care.
-- in:    codes text[]
-- locks: nothing
-- uses:  location_code_key
SELECT l.code, l.country, l.region, l.postal_code
FROM location AS l
WHERE l.code = ANY ($1::text[])
