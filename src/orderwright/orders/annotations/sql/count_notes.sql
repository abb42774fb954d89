-- How many notes each of some orders has; orders without any are left out.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  order_note_order_idx
SELECT n.order_id, count(*) AS notes
FROM order_note AS n
WHERE n.order_id = ANY ($1::uuid[])
GROUP BY n.order_id
