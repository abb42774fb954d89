-- Keep what carriers said, once each; returns what is new.
-- in:    parcel_ids uuid[], keys text[], codes text[], places text[], happened_at timestamptz[], act_id uuid
-- locks: rows of orders that the caller holds locked
-- uses:  tracking_event_pkey
INSERT INTO tracking_event (parcel_id, key, code, place, happened_at, act_id)
SELECT t.parcel_id, t.key, t.code, t.place, t.happened_at, $6
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
     AS t (parcel_id, key, code, place, happened_at)
ON CONFLICT DO NOTHING
RETURNING parcel_id, key
