-- What people wrote about orders, by order, the oldest first.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  order_note_order_idx
SELECT n.order_id, n.words, n.created_at
FROM order_note AS n
WHERE n.order_id = ANY ($1::uuid[])
ORDER BY n.order_id, n.id
