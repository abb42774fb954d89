-- Change the state of shipments that are in one of the allowed states (law T3).
-- in:    shipment_ids uuid[], target text, allowed text[]
-- locks: rows of orders that the caller holds locked
-- uses:  shipment_pkey
UPDATE shipment AS s SET state = $2, version = s.version + 1
WHERE s.id = ANY ($1::uuid[]) AND s.state = ANY ($3::text[])
