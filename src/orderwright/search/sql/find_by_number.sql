-- The order of a number.
-- in:    below uuid (exclusive), from uuid, limit integer, number bigint
-- locks: nothing
-- uses:  orders_number_key
SELECT o.id
FROM orders AS o
WHERE o.number = $4::bigint AND o.id < $1::uuid AND o.id >= $2::uuid
LIMIT $3::integer
