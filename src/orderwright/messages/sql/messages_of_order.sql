-- A page of the messages of an order, the newest first, by medium or all.
-- in:    order_id uuid, media text[] (NULL: all), before timestamptz, before_id uuid (exclusive; NULL: from the newest),
--        page integer
-- locks: nothing
-- uses:  message_order_idx, orders_pkey
SELECT m.id, m.order_id, o.number AS order_number, m.customer_id, m.direction, m.medium, m.author, m.recorded_by, m.words,
       m.reference, m.metadata::text, m.delivery, m.answer, m.answered_by, m.answered_at, m.said_at, m.recorded_at, m.version
FROM message AS m
JOIN orders AS o ON o.id = m.order_id
WHERE m.order_id = $1::uuid AND ($2::text[] IS NULL OR m.medium = ANY ($2::text[]))
      AND ($3::timestamptz IS NULL OR (m.said_at, m.id) < ($3::timestamptz, $4::uuid))
ORDER BY m.said_at DESC, m.id DESC
LIMIT $5::integer
