-- Those of some orders that have a fulfillment at one of some locations: what callers limited to these may touch.
-- in:    order_ids uuid[], location_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  fulfillment_order_idx
SELECT DISTINCT f.order_id AS id
FROM fulfillment AS f
WHERE f.order_id = ANY ($1::uuid[]) AND f.location_id = ANY ($2::uuid[])
