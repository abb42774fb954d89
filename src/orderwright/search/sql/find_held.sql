-- Orders with an open hold.
-- in:    below uuid (exclusive), from uuid, limit integer
-- locks: nothing
-- uses:  orders_held_idx
SELECT o.id
FROM orders AS o
WHERE o.hold_count > 0 AND o.id < $1::uuid AND o.id >= $2::uuid
ORDER BY o.id DESC
LIMIT $3::integer
