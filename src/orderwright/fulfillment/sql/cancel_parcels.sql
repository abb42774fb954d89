-- Cancel the parcels of shipments that are in one of the allowed states (law T3).
-- in:    shipment_ids uuid[], allowed text[]
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_shipment_id_n_key
UPDATE parcel SET state = 'cancelled' WHERE shipment_id = ANY ($1::uuid[]) AND state = ANY ($2::text[])
