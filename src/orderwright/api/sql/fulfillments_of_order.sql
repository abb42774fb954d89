-- The fulfillments of an order, oldest first.
-- in:    order_id uuid
-- locks: nothing
-- uses:  fulfillment_order_idx, orders_pkey, location_pkey
SELECT f.id, f.order_id, o.number AS order_number, o.channel_id, f.location_id, l.code AS location, f.method, f.state,
       f.due_at, f.released_at, f.picked_at, f.packed_at, f.shipped_at, f.delivered_at, f.entered_at, f.version
FROM fulfillment AS f
JOIN orders AS o ON o.id = f.order_id
JOIN location AS l ON l.id = f.location_id
WHERE f.order_id = $1
ORDER BY f.id
