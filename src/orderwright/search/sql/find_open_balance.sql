-- Orders whose balance people must look at.
-- in:    below uuid (exclusive), from uuid, limit integer
-- locks: nothing
-- uses:  open_balance_pkey
SELECT b.order_id AS id
FROM open_balance AS b
WHERE b.order_id < $1::uuid AND b.order_id >= $2::uuid
ORDER BY b.order_id DESC
LIMIT $3::integer
