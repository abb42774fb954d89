-- Units that are given back at a location that moved are of its new pool.
-- in:    fulfillment_ids uuid[], pool_ids uuid[] (pairs)
-- locks: rows of orders that the caller holds locked
-- uses:  allocation_pkey
UPDATE allocation AS a
SET pool_id = d.pool_id
FROM unnest($1::uuid[], $2::uuid[]) AS d (fulfillment_id, pool_id)
WHERE a.fulfillment_id = d.fulfillment_id
