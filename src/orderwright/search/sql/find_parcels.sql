-- Parcels by their tracking numbers, of orders that the actor may see.
-- in:    tracking_numbers text[], channel_ids uuid[] (NULL: all), location_ids uuid[] (NULL: all; orders with a
--        fulfillment there), limit integer
-- locks: nothing
-- uses:  parcel_tracking_idx, orders_pkey, fulfillment_order_idx
SELECT p.id, p.tracking_number, p.carrier, p.state, o.id AS order_id, o.number
FROM parcel AS p
JOIN orders AS o ON o.id = p.order_id
WHERE p.tracking_number = ANY ((SELECT $1::text[])::text[])
      AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
      AND ($3::uuid[] IS NULL OR EXISTS (
          SELECT FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($3::uuid[])))
ORDER BY p.id DESC
LIMIT $4::integer
