-- Note that parcels left.
-- in:    parcel_ids uuid[], at timestamptz
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_pkey
UPDATE parcel SET shipped_at = $2::timestamptz WHERE id = ANY ($1::uuid[]) AND shipped_at IS NULL
