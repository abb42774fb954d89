-- The charges of orders.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  order_charge_pkey
SELECT c.order_id, c.n, c.kind, c.code, c.name, c.rate, c.amount_minor, c.shares_minor
FROM order_charge AS c
WHERE c.order_id = ANY ($1::uuid[])
ORDER BY c.order_id, c.n
