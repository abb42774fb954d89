-- A page of the messages that wait for an answer, the oldest first, with who wrote: the buyer of the order, or whom it is
-- shipped to. Those about no order only for who may see all.
-- in:    after timestamptz, after_id uuid (exclusive; NULL: from the oldest), channel_ids uuid[], location_ids uuid[]
--        (NULL: all), page integer
-- locks: nothing
-- uses:  message_waiting_idx, orders_pkey, channel_pkey, contact_pkey, fulfillment_order_idx
SELECT m.id, m.order_id, o.number AS order_number, c.name AS channel, coalesce(m.customer_id, o.customer_id) AS customer_id,
       coalesce(b.name, s.name) AS name, m.medium, left(m.words, 300) AS beginning, m.said_at, m.recorded_at
FROM message AS m
LEFT JOIN orders AS o ON o.id = m.order_id
LEFT JOIN channel AS c ON c.id = o.channel_id
LEFT JOIN contact AS b ON b.id = o.buyer_contact_id
LEFT JOIN contact AS s ON s.id = o.ship_to_contact_id
WHERE m.answer = 'awaited' AND ($1::timestamptz IS NULL OR (m.said_at, m.id) > ($1::timestamptz, $2::uuid))
      AND ($3::uuid[] IS NULL OR o.channel_id = ANY ($3::uuid[]))
      AND ($4::uuid[] IS NULL
           OR EXISTS (SELECT 1 FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($4::uuid[])))
ORDER BY m.said_at, m.id
LIMIT $5::integer
