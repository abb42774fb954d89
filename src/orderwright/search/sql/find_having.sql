-- Orders with any of: a return, one that is not over, an exchange, a claim, one that is open, a note, an attachment.
-- in:    below uuid (exclusive), from uuid, limit integer, things text[]
-- locks: nothing
-- uses:  customer_return_order_idx, exchange_order_idx, claim_order_idx, order_note_order_idx, attachment_order_idx
SELECT DISTINCT f.id
FROM (
    (SELECT DISTINCT r.order_id AS id
     FROM customer_return AS r
     WHERE ('return' = ANY ($4::text[])
            OR ('open_return' = ANY ($4::text[]) AND r.state IN ('requested', 'in_transit', 'received', 'inspected')))
           AND r.order_id < $1::uuid AND r.order_id >= $2::uuid
     ORDER BY r.order_id DESC
     LIMIT $3::integer)
    UNION ALL
    (SELECT DISTINCT x.order_id
     FROM exchange AS x
     WHERE 'exchange' = ANY ($4::text[]) AND x.order_id < $1::uuid AND x.order_id >= $2::uuid
     ORDER BY x.order_id DESC
     LIMIT $3::integer)
    UNION ALL
    (SELECT DISTINCT c.order_id
     FROM claim AS c
     WHERE ('claim' = ANY ($4::text[]) OR ('open_claim' = ANY ($4::text[]) AND c.state = 'open'))
           AND c.order_id < $1::uuid AND c.order_id >= $2::uuid
     ORDER BY c.order_id DESC
     LIMIT $3::integer)
    UNION ALL
    (SELECT DISTINCT n.order_id
     FROM order_note AS n
     WHERE 'note' = ANY ($4::text[]) AND n.order_id < $1::uuid AND n.order_id >= $2::uuid
     ORDER BY n.order_id DESC
     LIMIT $3::integer)
    UNION ALL
    (SELECT DISTINCT a.order_id
     FROM attachment AS a
     WHERE 'attachment' = ANY ($4::text[]) AND a.order_id < $1::uuid AND a.order_id >= $2::uuid
     ORDER BY a.order_id DESC
     LIMIT $3::integer)
) AS f
ORDER BY f.id DESC
LIMIT $3::integer
