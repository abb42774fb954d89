-- Locations by code, as `locations_by_code`, that neither close, open nor change their pool until the transaction ends:
-- for whoever books goods there, or promises what it has.
-- in:    codes text[]
-- locks: location (id order), FOR SHARE
-- uses:  location_code_key
SELECT l.id, l.code, l.name, l.kind, l.pool_id, l.latitude, l.longitude, l.country, l.time_zone, l.open_weekdays,
       l.holidays, l.cutoff, l.daily_capacity, l.active
FROM location AS l
WHERE l.code = ANY ($1::text[])
ORDER BY l.id
FOR SHARE
