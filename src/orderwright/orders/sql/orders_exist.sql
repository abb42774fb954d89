-- Which of these orders exist, and who may see them: their channels, and the locations of their fulfillments.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, fulfillment_order_idx
SELECT o.id, o.channel_id, ARRAY(SELECT f.location_id FROM fulfillment AS f WHERE f.order_id = o.id) AS location_ids
FROM orders AS o
WHERE o.id = ANY ($1::uuid[])
