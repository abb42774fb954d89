-- The ledgers of quantities of orders' components.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  component_pkey
SELECT c.order_id, c.line_n, c.n, c.sku_id, c.ordered, c.pending, c.external, c.cancelled, c.backordered, c.promised,
       c.allocated, c.picked, c.packed, c.shipped, c.delivered
FROM component AS c
WHERE c.order_id = ANY ($1::uuid[])
ORDER BY c.order_id, c.line_n, c.n
