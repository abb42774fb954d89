-- Parked parcels were found to be of returns, or disposed of (law T3: only while they are parked).
-- in:    ids uuid[], states text[], matched_ids uuid[]
-- locks: rows that the caller holds locked
-- uses:  unexpected_return_pkey
UPDATE unexpected_return AS u
SET state = d.state, matched_id = d.matched_id, entered_at = now()
FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS d (id, state, matched_id)
WHERE u.id = d.id AND u.state = 'parked'
