-- Who waits for what has come in: backorders in turn, as far as each pool's ATP goes.
-- in:    sku_ids uuid[]
-- locks: nothing: the orders are locked next and read again
-- uses:  backorder_queue_idx, availability_pkey
SELECT q.order_id, q.line_n, q.component_n, q.pool_id, q.sku_id, q.supply_id, q.priority, q.quantity
FROM (
    SELECT b.order_id, b.line_n, b.component_n, b.pool_id, b.sku_id, b.supply_id, b.priority, b.quantity,
           a.available_to_promise,
           sum(b.quantity) OVER (PARTITION BY b.sku_id, b.pool_id
                                 ORDER BY b.priority DESC, b.order_id, b.line_n, b.component_n) - b.quantity AS ahead
    FROM backorder AS b
    JOIN availability AS a ON a.sku_id = b.sku_id AND a.pool_id = b.pool_id
    WHERE b.sku_id = ANY ($1::uuid[]) AND a.available_to_promise > 0
) AS q
WHERE q.ahead < q.available_to_promise
ORDER BY q.sku_id, q.pool_id, q.priority DESC, q.order_id, q.line_n, q.component_n
