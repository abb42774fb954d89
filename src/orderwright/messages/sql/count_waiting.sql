-- How many messages wait for an answer, and how many since before a moment; counted up to a number, the oldest first.
-- in:    late_before timestamptz, channel_ids uuid[], location_ids uuid[] (NULL: all), counted_max integer
-- locks: nothing
-- uses:  message_waiting_idx, orders_pkey, fulfillment_order_idx
SELECT count(*) AS waiting, count(*) FILTER (WHERE x.said_at < $1::timestamptz) AS late
FROM (
    SELECT m.said_at
    FROM message AS m
    LEFT JOIN orders AS o ON o.id = m.order_id
    WHERE m.answer = 'awaited'
          AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
          AND ($3::uuid[] IS NULL
               OR EXISTS (SELECT 1 FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($3::uuid[])))
    ORDER BY m.said_at
    LIMIT $4::integer
) AS x
