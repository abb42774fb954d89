-- The taxes of orders with each line's share, in line order.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  order_charge_pkey
SELECT c.order_id, c.name, c.rate, c.shares_minor
FROM order_charge AS c
WHERE c.order_id = ANY ($1::uuid[]) AND c.kind = 'tax'
ORDER BY c.order_id, c.n
