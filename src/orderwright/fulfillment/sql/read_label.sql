-- The file of a parcel's label.
-- in:    parcel_id uuid
-- locks: nothing
-- uses:  parcel_label_pkey
SELECT f.media_type, f.content FROM parcel_label AS f WHERE f.parcel_id = $1::uuid
