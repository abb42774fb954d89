-- Lock the orders of customers in id order.
-- in:    customer_ids uuid[]
-- locks: orders (id order), FOR UPDATE
-- uses:  orders_customer_idx
SELECT o.id
FROM orders AS o
WHERE o.customer_id = ANY ($1::uuid[])
ORDER BY o.id
FOR UPDATE
