-- Lock parked parcels in id order. The orders that they turn out to be of are locked before.
-- in:    ids uuid[]
-- locks: unexpected_return (id order), FOR UPDATE
-- uses:  unexpected_return_pkey
SELECT u.id, u.location_id, u.state
FROM unexpected_return AS u
WHERE u.id = ANY ($1::uuid[])
ORDER BY u.id
FOR UPDATE
