-- Returns by their id, their tracking number or their order's number, of orders that the actor may see.
-- in:    return_id uuid (or NULL), tracking_numbers text[], number bigint (or NULL), channel_ids uuid[] (NULL: all),
--        location_ids uuid[] (NULL: all; orders with a fulfillment there), limit integer
-- locks: nothing
-- uses:  customer_return_pkey, customer_return_tracking_idx, customer_return_order_idx, orders_number_key, orders_pkey,
--        fulfillment_order_idx
SELECT r.id, r.state, r.tracking_number, o.id AS order_id, o.number
FROM (
    SELECT a.id FROM customer_return AS a WHERE a.id = $1::uuid
    UNION
    SELECT b.id FROM customer_return AS b WHERE b.tracking_number = ANY ((SELECT $2::text[])::text[])
    UNION
    SELECT c.id
    FROM customer_return AS c
    WHERE c.order_id = (SELECT n.id FROM orders AS n WHERE n.number = $3::bigint)
) AS f
JOIN customer_return AS r ON r.id = f.id
JOIN orders AS o ON o.id = r.order_id
WHERE ($4::uuid[] IS NULL OR o.channel_id = ANY ($4::uuid[]))
      AND ($5::uuid[] IS NULL OR EXISTS (
          SELECT FROM fulfillment AS l WHERE l.order_id = o.id AND l.location_id = ANY ($5::uuid[])))
ORDER BY r.id DESC
LIMIT $6::integer
