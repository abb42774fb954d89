-- The newest orders.
-- in:    below uuid (exclusive), from uuid, limit integer
-- locks: nothing
-- uses:  orders_pkey
SELECT o.id
FROM orders AS o
WHERE o.id < $1::uuid AND o.id >= $2::uuid
ORDER BY o.id DESC
LIMIT $3::integer
