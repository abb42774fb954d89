-- The customers of orders that the actor may touch, with who bought, newest order first.
-- in:    order_ids uuid[], channel_ids uuid[] (NULL: all), location_ids uuid[] (NULL: all; orders with a fulfillment
--        there)
-- locks: nothing
-- uses:  orders_pkey, contact_pkey, fulfillment_order_idx
SELECT o.id AS order_id, o.customer_id, o.placed_at, c.name, c.company, c.email, c.phone, c.city, c.region, c.country
FROM orders AS o
LEFT JOIN contact AS c ON c.id = o.buyer_contact_id
WHERE o.id = ANY ($1::uuid[]) AND o.customer_id IS NOT NULL
  AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
  AND ($3::uuid[] IS NULL OR EXISTS (
      SELECT FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($3::uuid[])))
ORDER BY o.id DESC
