-- Which of some orders an actor may see: those of its channels and, where it is limited to locations, with a fulfillment
-- at one of them. Newest first.
-- in:    ids uuid[], channel_ids uuid[] (NULL: all), location_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  orders_pkey, fulfillment_order_idx
SELECT o.id
FROM orders AS o
WHERE o.id = ANY ($1::uuid[]) AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
  AND ($3::uuid[] IS NULL
       OR EXISTS (SELECT 1 FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($3::uuid[])))
ORDER BY o.id DESC
