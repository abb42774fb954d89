-- An order, if the actor may see it.
-- in:    order_id uuid, channel_ids uuid[] (NULL: all), location_ids uuid[] (NULL: all; orders with a fulfillment
--        there)
-- locks: nothing
-- uses:  orders_pkey, fulfillment_order_idx
SELECT o.id, o.status
FROM orders AS o
WHERE o.id = $1
  AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
  AND ($3::uuid[] IS NULL OR EXISTS (
      SELECT FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($3::uuid[])))
