-- Units that lines in other pools wait for and that a pool may serve them with: spoken for there, beside what the
-- balance of the pool says itself.
-- in:    sku_ids uuid[]
-- locks: nothing
-- uses:  availability_pkey, backorder_queue_idx, orders_pkey, order_line_pkey, channel_pkey, channel_pool_channel_id_pool_id_key
SELECT b.sku_id, a.pool_id, sum(b.quantity)::integer AS units
FROM availability AS a
JOIN backorder AS b ON b.sku_id = a.sku_id AND b.pool_id <> a.pool_id
JOIN orders AS o ON o.id = b.order_id
JOIN order_line AS l ON l.order_id = b.order_id AND l.n = b.line_n
JOIN channel AS c ON c.id = o.channel_id
JOIN channel_pool AS p ON p.channel_id = c.id AND p.pool_id = a.pool_id
WHERE a.sku_id = ANY ($1::uuid[]) AND a.available_to_promise > c.buffer AND l.location_id IS NULL
GROUP BY b.sku_id, a.pool_id
