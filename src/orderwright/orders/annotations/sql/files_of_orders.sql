-- How many files orders have, and of how many bytes; orders without any are left out.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  attachment_order_idx
SELECT a.order_id, count(*) AS files, sum(a.byte_count) AS byte_count
FROM attachment AS a
WHERE a.order_id = ANY ($1::uuid[])
GROUP BY a.order_id
