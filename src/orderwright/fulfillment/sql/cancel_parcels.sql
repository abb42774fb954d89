-- Cancel parcels that are in one of the allowed states (law T3).
-- in:    parcel_ids uuid[], allowed text[]
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_pkey
UPDATE parcel SET state = 'cancelled' WHERE id = ANY ($1::uuid[]) AND state = ANY ($2::text[])
