-- SKUs that orders of channels wait for: what these channels may have of them changed.
-- in:    channel_ids uuid[]
-- locks: nothing
-- uses:  the whole of backorder, which is short, and orders_pkey: channels change seldom
SELECT DISTINCT b.sku_id
FROM backorder AS b
JOIN orders AS o ON o.id = b.order_id
WHERE o.channel_id = ANY ($1::uuid[])
