-- How much work a location has left, by state, and how much of it is past its time.
-- in:    location_id uuid, states text[], channel_ids uuid[] (NULL: all), now timestamptz
-- locks: nothing
-- uses:  fulfillment_queue_idx, orders_pkey
SELECT f.state, count(*) AS fulfillments, count(*) FILTER (WHERE f.due_at < $4::timestamptz) AS late
FROM fulfillment AS f
LEFT JOIN orders AS o ON o.id = f.order_id AND $3::uuid[] IS NOT NULL
WHERE f.location_id = $1::uuid AND f.state = ANY ($2::text[])
  AND ($3::uuid[] IS NULL OR o.channel_id = ANY ($3::uuid[]))
GROUP BY f.state
