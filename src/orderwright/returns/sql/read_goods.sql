-- What came back of orders, and where.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  returned_goods_order_idx
SELECT g.return_id, g.line_n, g.component_n, g.location_id, g.order_id, g.sku_id, g.received, g.inspected, g.sent_back
FROM returned_goods AS g
WHERE g.order_id = ANY ($1::uuid[])
ORDER BY g.return_id, g.line_n, g.component_n, g.location_id
