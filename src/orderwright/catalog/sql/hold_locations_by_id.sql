-- Locations by id, as `locations_by_id`, that neither close, open nor change their pool until the transaction ends.
-- in:    ids uuid[]
-- locks: location (id order), FOR SHARE
-- uses:  location_pkey
SELECT l.id, l.code, l.name, l.kind, l.pool_id, l.latitude, l.longitude, l.country, l.time_zone, l.open_weekdays,
       l.holidays, l.cutoff, l.daily_capacity, l.active
FROM location AS l
WHERE l.id = ANY ($1::uuid[])
ORDER BY l.id
FOR SHARE
