-- Returns by their tracking numbers, with whose orders they are and where they go. `waits`: nobody has scanned it yet.
-- in:    tracking_numbers text[]
-- locks: nothing: the stage that is queued looks again
-- uses:  customer_return_tracking_idx, orders_pkey
SELECT r.id, r.tracking_number, o.channel_id, r.location_id, r.state = 'requested' AS waits
FROM customer_return AS r
JOIN orders AS o ON o.id = r.order_id
WHERE r.tracking_number = ANY ($1::text[])
ORDER BY r.id
