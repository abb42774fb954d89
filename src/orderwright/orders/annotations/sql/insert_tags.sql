-- Give orders tags that they do not have.
-- in:    order_ids uuid[], tags text[]
-- locks: the new rows; the caller holds the orders' locks
-- uses:  order_tag_pkey
INSERT INTO order_tag (order_id, tag)
SELECT d.order_id, d.tag
FROM unnest($1::uuid[], $2::text[]) AS d (order_id, tag)
