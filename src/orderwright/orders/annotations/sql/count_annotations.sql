-- How many notes and files orders have; orders without any are left out.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  order_note_order_idx, attachment_order_idx
SELECT x.order_id, sum(x.notes)::bigint AS notes, sum(x.attachments)::bigint AS attachments
FROM (
    SELECT n.order_id, 1 AS notes, 0 AS attachments FROM order_note AS n WHERE n.order_id = ANY ($1::uuid[])
    UNION ALL
    SELECT a.order_id, 0, 1 FROM attachment AS a WHERE a.order_id = ANY ($1::uuid[])
) AS x
GROUP BY x.order_id
