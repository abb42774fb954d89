-- What a location has to pick, the fulfillments due first first.
-- in:    location_id uuid, states text[], channel_ids uuid[] (NULL: all), fulfillments integer
-- locks: nothing
-- uses:  fulfillment_queue_idx, orders_pkey, allocation_pkey, sku_pkey
SELECT f.id, o.number AS order_number, f.method, f.due_at, k.code AS sku, k.name, k.gtin,
       a.quantity - a.picked AS quantity
FROM (
    SELECT w.id, w.order_id, w.method, w.due_at
    FROM fulfillment AS w
    JOIN orders AS q ON q.id = w.order_id
    WHERE w.location_id = $1::uuid AND w.state = ANY ($2::text[])
          AND ($3::uuid[] IS NULL OR q.channel_id = ANY ($3::uuid[]))
    ORDER BY w.due_at, w.id
    LIMIT $4::integer
) AS f
JOIN orders AS o ON o.id = f.order_id
JOIN allocation AS a ON a.fulfillment_id = f.id
JOIN sku AS k ON k.id = a.sku_id
WHERE a.quantity > a.picked
ORDER BY f.due_at, f.id, a.line_n, a.component_n
