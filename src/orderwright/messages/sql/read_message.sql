-- A message, where the caller may see its order; one about no order only where it may see all.
-- in:    id uuid, channel_ids uuid[], location_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  message_pkey, orders_pkey, fulfillment_order_idx
SELECT m.id, m.order_id, o.number AS order_number, m.customer_id, m.direction, m.medium, m.author, m.recorded_by, m.words,
       m.reference, m.metadata::text, m.delivery, m.answer, m.answered_by, m.answered_at, m.said_at, m.recorded_at, m.version
FROM message AS m
LEFT JOIN orders AS o ON o.id = m.order_id
WHERE m.id = $1::uuid
      AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
      AND ($3::uuid[] IS NULL
           OR EXISTS (SELECT 1 FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($3::uuid[])))
