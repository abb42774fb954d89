-- What carriers said of parcels so far.
-- in:    parcel_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  tracking_event_pkey
SELECT t.parcel_id, t.key, t.code, t.place, t.happened_at
FROM tracking_event AS t
WHERE t.parcel_id = ANY ($1::uuid[])
ORDER BY t.parcel_id, t.happened_at, t.key
