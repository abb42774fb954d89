-- How many notes each of some orders has; orders without any are left out.
-- in:    customer_ids uuid[]
-- locks: nothing; exact while the caller holds the customers' locks
-- uses:  customer_note_customer_idx
SELECT n.customer_id, count(*) AS notes
FROM customer_note AS n
WHERE n.customer_id = ANY ($1::uuid[])
GROUP BY n.customer_id
