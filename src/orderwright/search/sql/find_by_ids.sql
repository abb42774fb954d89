-- Orders of these ids.
-- in:    below uuid (exclusive), from uuid, limit integer, ids uuid[]
-- locks: nothing
-- uses:  orders_pkey
SELECT o.id
FROM orders AS o
WHERE o.id = ANY ((SELECT $4::uuid[])::uuid[]) AND o.id < $1::uuid AND o.id >= $2::uuid
ORDER BY o.id DESC
LIMIT $3::integer
