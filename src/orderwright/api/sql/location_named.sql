-- A location's name, country and clock.
-- in:    location_id uuid
-- locks: nothing
-- uses:  location_pkey
SELECT l.name, l.country, l.time_zone FROM location AS l WHERE l.id = $1::uuid
