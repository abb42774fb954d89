-- What promising and sourcing need to know of locations, all of some pools, in the order of their codes.
-- in:    pool_ids uuid[]
-- locks: nothing
-- uses:  location_pool_idx
SELECT l.id, l.code, l.name, l.kind, l.pool_id, l.latitude, l.longitude, l.country, l.time_zone, l.open_weekdays,
       l.holidays, l.cutoff, l.daily_capacity, l.active
FROM location l
WHERE l.pool_id = ANY ($1::uuid[])
ORDER BY l.code
