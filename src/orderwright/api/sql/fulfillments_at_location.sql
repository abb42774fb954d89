-- A page of the fulfillments of one location that are in some states, those due first first.
-- in:    location_id uuid, states text[], after_due timestamptz, after_id uuid (exclusive), page integer
-- locks: nothing
-- uses:  fulfillment_queue_idx, orders_pkey, location_pkey
SELECT f.id, f.order_id, o.number AS order_number, o.channel_id, f.location_id, l.code AS location, f.method, f.state,
       f.due_at, f.released_at, f.picked_at, f.packed_at, f.shipped_at, f.delivered_at, f.entered_at, f.version
FROM fulfillment AS f
JOIN orders AS o ON o.id = f.order_id
JOIN location AS l ON l.id = f.location_id
WHERE f.location_id = $1 AND f.state = ANY ($2::text[]) AND (f.due_at, f.id) > ($3::timestamptz, $4::uuid)
ORDER BY f.due_at, f.id
LIMIT $5::integer
