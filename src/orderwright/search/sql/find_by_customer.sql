-- Orders of a customer; of one that was merged, those of the one that was kept.
-- in:    below uuid (exclusive), from uuid, limit integer, customer_id uuid
-- locks: nothing
-- uses:  customer_pkey, orders_customer_idx
SELECT o.id
FROM orders AS o
WHERE o.customer_id = coalesce((SELECT m.merged_into FROM customer AS m WHERE m.id = $4::uuid), $4::uuid)
  AND o.id < $1::uuid AND o.id >= $2::uuid
ORDER BY o.id DESC
LIMIT $3::integer
