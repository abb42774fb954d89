-- Fulfillments at locations that have not left them.
-- in:    location_ids uuid[]
-- locks: nothing
-- uses:  fulfillment_queue_idx
SELECT f.id, f.order_id, f.location_id, f.method, f.state, f.due_at, f.version
FROM fulfillment AS f
WHERE f.location_id = ANY ($1::uuid[]) AND f.state IN ('open', 'released', 'picking', 'picked', 'packed')
ORDER BY f.id
