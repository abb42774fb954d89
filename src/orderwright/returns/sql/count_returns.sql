-- How many returns orders have, whatever became of them; orders without any are left out.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  customer_return_order_idx
SELECT r.order_id, count(*) AS returns
FROM customer_return AS r
WHERE r.order_id = ANY ($1::uuid[])
GROUP BY r.order_id
