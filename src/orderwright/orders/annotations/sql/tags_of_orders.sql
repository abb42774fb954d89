-- The tags of orders.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  order_tag_pkey
SELECT t.order_id, t.tag
FROM order_tag AS t
WHERE t.order_id = ANY ($1::uuid[])
ORDER BY t.order_id, t.tag
