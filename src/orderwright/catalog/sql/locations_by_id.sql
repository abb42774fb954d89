-- What promising and sourcing need to know of locations, by id.
-- in:    ids uuid[]
-- locks: nothing
-- uses:  location_pkey
SELECT l.id, l.code, l.name, l.kind, l.pool_id, l.latitude, l.longitude, l.country, l.time_zone, l.open_weekdays,
       l.holidays, l.cutoff, l.daily_capacity, l.active
FROM location l
WHERE l.id = ANY ($1::uuid[])
