-- Orders of a customer.
-- in:    below uuid (exclusive), from uuid, limit integer, customer_id uuid
-- locks: nothing
-- uses:  orders_customer_idx
SELECT o.id
FROM orders AS o
WHERE o.customer_id = $4::uuid AND o.id < $1::uuid AND o.id >= $2::uuid
ORDER BY o.id DESC
LIMIT $3::integer
