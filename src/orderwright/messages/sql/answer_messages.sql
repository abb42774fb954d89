-- What came in and waits is answered, as far as it was recorded by a moment: of orders and customers, each with who
-- answered.
-- in:    order_ids uuid[], customer_ids uuid[] (one of the two a row), untils timestamptz[], answered_by text[]
-- locks: the rows; the caller holds the locks of the orders and customers
-- uses:  message_order_idx, message_customer_idx, message_pkey
UPDATE message AS m
SET answer = 'answered', answered_by = x.answered_by, answered_at = now(), version = m.version + 1
FROM (
    SELECT w.id, d.answered_by
    FROM unnest($1::uuid[], $3::timestamptz[], $4::text[]) AS d (order_id, until, answered_by)
    JOIN message AS w ON w.order_id = d.order_id AND w.answer = 'awaited' AND w.recorded_at <= d.until
    UNION ALL
    SELECT w.id, d.answered_by
    FROM unnest($2::uuid[], $3::timestamptz[], $4::text[]) AS d (customer_id, until, answered_by)
    JOIN message AS w ON w.customer_id = d.customer_id AND w.answer = 'awaited' AND w.recorded_at <= d.until
) AS x
WHERE m.id = x.id
