-- Fulfillments by id.
-- in:    fulfillment_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  fulfillment_pkey
SELECT f.id, f.order_id, f.location_id, f.method, f.state, f.due_at, f.version
FROM fulfillment AS f
WHERE f.id = ANY ($1::uuid[])
