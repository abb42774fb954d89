-- What the fulfillments of a made-up history bring.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key, fulfillment_order_idx, component_pkey
INSERT INTO allocation (fulfillment_id, line_n, component_n, order_id, sku_id, location_id, pool_id, quantity, picked,
                        packed, shipped, delivered)
SELECT f.id, c.line_n, c.n, c.order_id, c.sku_id, f.location_id, l.pool_id, c.ordered, c.picked, c.packed, c.shipped,
       c.delivered
FROM orders AS o
JOIN fulfillment AS f ON f.order_id = o.id
JOIN location AS l ON l.id = f.location_id
JOIN component AS c ON c.order_id = o.id
WHERE o.number BETWEEN $1::bigint AND $2::bigint
