-- Who waits for what has come in: backorders in turn with the pools that may serve them, as far as each pool's ATP goes.
-- A line is served from all pools of its channel, in the channel's order; one that names its location from its own pool.
-- What a channel's buffer keeps is nothing to its own lines.
-- in:    sku_ids uuid[]
-- locks: nothing: the orders are locked next and read again
-- uses:  availability_pkey, backorder_queue_idx, orders_pkey, order_line_pkey, channel_pkey, channel_pool_channel_id_pool_id_key
SELECT q.order_id, q.line_n, q.component_n, q.sku_id, q.from_pool_id, q.buffer
FROM (
    SELECT b.order_id, b.line_n, b.component_n, b.sku_id, b.priority, a.pool_id AS from_pool_id, c.buffer,
           p.n AS preference, a.available_to_promise - c.buffer AS free,
           sum(least(b.quantity, a.available_to_promise - c.buffer))
               OVER (PARTITION BY b.sku_id, a.pool_id ORDER BY b.priority DESC, b.order_id, b.line_n, b.component_n
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ahead
    FROM availability AS a
    JOIN backorder AS b ON b.sku_id = a.sku_id
    JOIN orders AS o ON o.id = b.order_id
    JOIN order_line AS l ON l.order_id = b.order_id AND l.n = b.line_n
    JOIN channel AS c ON c.id = o.channel_id
    LEFT JOIN channel_pool AS p ON p.channel_id = c.id AND p.pool_id = a.pool_id
    WHERE a.sku_id = ANY ($1::uuid[]) AND a.available_to_promise > c.buffer
          AND (b.pool_id = a.pool_id OR (p.n IS NOT NULL AND l.location_id IS NULL))
) AS q
WHERE coalesce(q.ahead, 0) < q.free
ORDER BY q.sku_id, q.priority DESC, q.order_id, q.line_n, q.component_n, q.preference
