-- A page of the fulfillments of all locations, or of those that the caller may see, oldest first.
-- in:    states text[] (NULL: all), location_ids uuid[] (NULL: all), after_id uuid (exclusive), page integer
-- locks: nothing
-- uses:  fulfillment_pkey, orders_pkey, location_pkey
SELECT f.id, f.order_id, o.number AS order_number, o.channel_id, f.location_id, l.code AS location, f.method, f.state,
       f.due_at, f.released_at, f.picked_at, f.packed_at, f.shipped_at, f.delivered_at, f.entered_at, f.version
FROM fulfillment AS f
JOIN orders AS o ON o.id = f.order_id
JOIN location AS l ON l.id = f.location_id
WHERE f.id > $3 AND ($1::text[] IS NULL OR f.state = ANY ($1::text[]))
  AND ($2::uuid[] IS NULL OR f.location_id = ANY ($2::uuid[]))
ORDER BY f.id
LIMIT $4::integer
