-- A customer's orders that the actor may touch, newest first.
-- in:    customer_id uuid, below uuid (exclusive), limit int, channel_ids uuid[] (NULL: all), location_ids uuid[] (NULL:
--        all; orders with a fulfillment there)
-- locks: nothing
-- uses:  customer_pkey, orders_customer_idx, fulfillment_order_idx
SELECT o.id
FROM orders AS o
WHERE o.customer_id = coalesce((SELECT m.merged_into FROM customer AS m WHERE m.id = $1), $1) AND o.id < $2::uuid
  AND ($4::uuid[] IS NULL OR o.channel_id = ANY ($4::uuid[]))
  AND ($5::uuid[] IS NULL OR EXISTS (
      SELECT FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($5::uuid[])))
ORDER BY o.id DESC
LIMIT $3
