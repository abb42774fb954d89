-- What orders' components wait for.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  backorder_pkey
SELECT b.order_id, b.line_n, b.component_n, b.pool_id, b.sku_id, b.supply_id, b.priority, b.quantity
FROM backorder AS b
WHERE b.order_id = ANY ($1::uuid[])
ORDER BY b.order_id, b.line_n, b.component_n
