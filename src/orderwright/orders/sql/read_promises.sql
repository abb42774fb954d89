-- Promises of orders that no location holds yet.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  promise_pkey
SELECT p.order_id, p.line_n, p.component_n, p.pool_id, p.sku_id, p.quantity
FROM promise AS p
WHERE p.order_id = ANY ($1::uuid[])
ORDER BY p.order_id, p.line_n, p.component_n, p.pool_id
