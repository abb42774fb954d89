-- The first orders that wait for a SKU, in the order in which they are served.
-- in:    sku_id uuid, channel_ids uuid[] (NULL: all), pools text[] (NULL: all), page integer
-- locks: nothing
-- uses:  backorder_queue_idx, orders_pkey, pool_pkey, supply_pkey
SELECT b.order_id, o.number AS order_number, p.code AS pool, b.quantity, b.priority, o.placed_at, s.due_on,
       o.promised_on
FROM backorder AS b
JOIN orders AS o ON o.id = b.order_id
JOIN pool AS p ON p.id = b.pool_id
LEFT JOIN supply AS s ON s.id = b.supply_id
WHERE b.sku_id = $1::uuid AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
  AND ($3::text[] IS NULL OR p.code = ANY ($3::text[]))
ORDER BY b.pool_id, b.priority DESC, b.order_id
LIMIT $4::integer
