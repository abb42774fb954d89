-- What fulfillments have to bring, and whether where they are is closed by now. (Who closes it holds the orders' locks.)
-- in:    fulfillment_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  allocation_pkey, location_pkey
SELECT a.fulfillment_id, a.line_n, a.component_n, a.order_id, a.sku_id, a.location_id, a.pool_id, a.quantity,
       a.picked, a.packed, a.shipped, a.delivered, NOT l.active AS closed
FROM allocation AS a
JOIN location AS l ON l.id = a.location_id
WHERE a.fulfillment_id = ANY ($1::uuid[])
ORDER BY a.fulfillment_id, a.line_n, a.component_n
