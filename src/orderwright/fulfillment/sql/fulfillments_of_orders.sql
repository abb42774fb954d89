-- Fulfillments of orders.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  fulfillment_order_idx
SELECT f.id, f.order_id, f.location_id, f.method, f.state, f.due_at, f.version
FROM fulfillment AS f
WHERE f.order_id = ANY ($1::uuid[])
ORDER BY f.order_id, f.id
