-- How many messages with words orders and customers have; those without any are left out.
-- in:    order_ids uuid[], customer_ids uuid[]
-- locks: nothing
-- uses:  message_order_idx, message_customer_idx
SELECT x.subject_id, count(*) AS messages
FROM (
    SELECT m.order_id AS subject_id FROM message AS m WHERE m.order_id = ANY ($1::uuid[]) AND m.words IS NOT NULL
    UNION ALL
    SELECT m.customer_id FROM message AS m WHERE m.customer_id = ANY ($2::uuid[]) AND m.words IS NOT NULL
) AS x
GROUP BY x.subject_id
