-- Take tags from orders.
-- in:    order_ids uuid[], tags text[]
-- locks: the rows; the caller holds the orders' locks
-- uses:  order_tag_pkey
DELETE FROM order_tag AS t
USING unnest($1::uuid[], $2::text[]) AS d (order_id, tag)
WHERE t.order_id = d.order_id AND t.tag = d.tag
