-- A page of the messages of a customer, about some orders and about none, the newest first.
-- in:    customer_id uuid, order_ids uuid[] (those that the caller may see), about_none boolean (those about no order too),
--        before timestamptz, before_id uuid (exclusive; NULL: from the newest), page integer
-- locks: nothing
-- uses:  message_order_idx, message_customer_idx, orders_pkey
SELECT m.id, m.order_id, o.number AS order_number, m.customer_id, m.direction, m.medium, m.author, m.recorded_by, m.words,
       m.reference, m.metadata::text, m.delivery, m.answer, m.answered_by, m.answered_at, m.said_at, m.recorded_at, m.version
FROM (
    (SELECT q.id, q.said_at
     FROM message AS q
     WHERE $3::boolean AND q.customer_id = $1::uuid
           AND ($4::timestamptz IS NULL OR (q.said_at, q.id) < ($4::timestamptz, $5::uuid))
     ORDER BY q.said_at DESC, q.id DESC
     LIMIT $6::integer)
    UNION ALL
    SELECT q.id, q.said_at
    FROM message AS q
    WHERE q.order_id = ANY ($2::uuid[])
          AND ($4::timestamptz IS NULL OR (q.said_at, q.id) < ($4::timestamptz, $5::uuid))
    ORDER BY 2 DESC, 1 DESC
    LIMIT $6::integer
) AS x
JOIN message AS m ON m.id = x.id
LEFT JOIN orders AS o ON o.id = m.order_id
ORDER BY m.said_at DESC, m.id DESC
