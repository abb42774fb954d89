-- One fulfillment an order of a made-up history that was sourced; most at the first two locations.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO fulfillment (id, order_id, location_id, method, state, due_at, released_at, picked_at, packed_at,
                         shipped_at, delivered_at)
SELECT overlay(o.id::text PLACING '2' FROM 25)::uuid, o.id,
       l.ids[1 + (hashint8extended(o.number, 31) & 1023) * (hashint8extended(o.number, 32) & 1023)
                 * cardinality(l.ids) / 1048576],
       'ship', CASE o.status WHEN 'allocated' THEN 'released' WHEN 'picking' THEN 'picked' ELSE o.status END,
       o.placed_at + interval '1 day', o.placed_at + interval '1 hour',
       CASE WHEN o.status IN ('picking', 'packed', 'shipped', 'delivered') THEN o.placed_at + interval '2 hours' END,
       CASE WHEN o.status IN ('packed', 'shipped', 'delivered') THEN o.placed_at + interval '3 hours' END,
       CASE WHEN o.status IN ('shipped', 'delivered') THEN o.placed_at + interval '5 hours' END,
       CASE o.status WHEN 'delivered' THEN o.placed_at + interval '3 days' END
FROM orders AS o
CROSS JOIN (SELECT array_agg(id ORDER BY code) AS ids FROM location) AS l
WHERE o.status IN ('allocated', 'picking', 'packed', 'shipped', 'delivered')
      AND o.number BETWEEN $1::bigint AND $2::bigint
