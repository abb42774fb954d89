-- Forget the files of parcels' labels.
-- in:    parcel_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_label_pkey
DELETE FROM parcel_label WHERE parcel_id = ANY ($1::uuid[])
