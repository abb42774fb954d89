-- All that was said with a customer and is not erased, about some orders and about none, the oldest first.
-- in:    customer_id uuid, order_ids uuid[], about_none boolean, page integer
-- locks: nothing
-- uses:  message_order_idx, message_customer_idx, orders_pkey
SELECT m.id, m.order_id, o.number AS order_number, m.customer_id, m.direction, m.medium, m.author, m.recorded_by, m.words,
       m.reference, m.metadata::text, m.delivery, m.answer, m.answered_by, m.answered_at, m.said_at, m.recorded_at, m.version
FROM message AS m
LEFT JOIN orders AS o ON o.id = m.order_id
WHERE (($3::boolean AND m.customer_id = $1::uuid) OR m.order_id = ANY ($2::uuid[])) AND m.words IS NOT NULL
ORDER BY m.said_at, m.id
LIMIT $4::integer
