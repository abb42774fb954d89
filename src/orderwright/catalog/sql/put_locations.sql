-- Write locations, new ones and changed ones. The pool is written for new ones alone; one that is open stays open.
-- in:    a column an attribute of `upsert_locations._row`, in its order; versions int[] are the new ones
-- locks: the rows written, in the order given (the catalogue's lock is held); pools FOR KEY SHARE
-- uses:  location_pkey, location_code_key, pool_code_key
INSERT INTO location (id, version, code, name, kind, pool_id, country, time_zone, line1, line2, city, region,
                      postal_code, latitude, longitude, open_weekdays, holidays, cutoff, daily_capacity, active,
                      external_refs, metadata)
SELECT v.id, v.version, v.code, v.name, v.kind, p.id, v.country, v.time_zone, v.line1, v.line2, v.city, v.region,
       v.postal_code, v.latitude, v.longitude, v.open_weekdays::integer[], v.holidays::date[], v.cutoff,
       v.daily_capacity, v.active, v.external_refs, v.metadata
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::double precision[],
            $15::double precision[], $16::text[], $17::text[], $18::time[], $19::integer[], $20::boolean[],
            $21::jsonb[], $22::jsonb[])
     AS v (id, version, code, name, kind, pool, country, time_zone, line1, line2, city, region, postal_code, latitude,
           longitude, open_weekdays, holidays, cutoff, daily_capacity, active, external_refs, metadata)
JOIN pool AS p ON p.code = v.pool
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, name = excluded.name, kind = excluded.kind, country = excluded.country,
    time_zone = excluded.time_zone, line1 = excluded.line1, line2 = excluded.line2, city = excluded.city,
    region = excluded.region, postal_code = excluded.postal_code, latitude = excluded.latitude,
    longitude = excluded.longitude, open_weekdays = excluded.open_weekdays, holidays = excluded.holidays,
    cutoff = excluded.cutoff, daily_capacity = excluded.daily_capacity, active = location.active OR excluded.active,
    external_refs = excluded.external_refs, metadata = excluded.metadata, updated_at = now()
WHERE location.version = excluded.version - 1
