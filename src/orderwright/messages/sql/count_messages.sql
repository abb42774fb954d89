-- How many messages orders and customers have, how many of them a shopper wrote in the portal since a moment, and when the
-- first that waits for an answer was recorded; those without any are left out.
-- in:    order_ids uuid[], customer_ids uuid[], since timestamptz
-- locks: nothing; exact while the caller holds the locks of the orders and customers
-- uses:  message_order_idx, message_customer_idx
SELECT x.subject_id, count(*) AS messages, count(*) FILTER (WHERE x.lately) AS lately,
       min(x.recorded_at) FILTER (WHERE x.answer = 'awaited') AS waiting_since
FROM (
    SELECT m.order_id AS subject_id, m.recorded_at, m.answer,
           m.medium = 'portal' AND m.direction = 'in' AND m.recorded_at > $3::timestamptz AS lately
    FROM message AS m
    WHERE m.order_id = ANY ($1::uuid[])
    UNION ALL
    SELECT m.customer_id, m.recorded_at, m.answer, false FROM message AS m WHERE m.customer_id = ANY ($2::uuid[])
) AS x
GROUP BY x.subject_id
