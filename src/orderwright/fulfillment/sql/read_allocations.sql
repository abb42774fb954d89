-- What fulfillments have to bring.
-- in:    fulfillment_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  allocation_pkey
SELECT a.fulfillment_id, a.line_n, a.component_n, a.order_id, a.sku_id, a.location_id, a.pool_id, a.quantity,
       a.picked, a.packed, a.shipped, a.delivered
FROM allocation AS a
WHERE a.fulfillment_id = ANY ($1::uuid[])
ORDER BY a.fulfillment_id, a.line_n, a.component_n
