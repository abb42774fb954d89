-- Fulfillments that wait to be picked, those due first, from all locations.
-- in:    limit int
-- locks: nothing
-- uses:  fulfillment_queue_idx, a range a location
SELECT f.id
FROM location AS l
CROSS JOIN LATERAL (
    SELECT w.id, w.due_at FROM fulfillment AS w
    WHERE w.location_id = l.id AND w.state = 'released'
    ORDER BY w.due_at, w.id
    LIMIT $1
) AS f
ORDER BY f.due_at, f.id
LIMIT $1
