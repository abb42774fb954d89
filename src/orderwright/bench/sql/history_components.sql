-- What the lines of a made-up history are made of, by the status of the order.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key, order_line_pkey
INSERT INTO component (order_id, line_n, n, sku_id, ordered, cancelled, backordered, promised, allocated, picked, packed,
                       shipped, delivered)
SELECT l.order_id, l.n, 1, l.sku_id, l.quantity,
       CASE o.status WHEN 'cancelled' THEN l.quantity ELSE 0 END,
       CASE o.status WHEN 'backordered' THEN l.quantity ELSE 0 END,
       CASE o.status WHEN 'placed' THEN l.quantity ELSE 0 END,
       CASE o.status WHEN 'allocated' THEN l.quantity ELSE 0 END,
       CASE o.status WHEN 'picking' THEN l.quantity ELSE 0 END,
       CASE o.status WHEN 'packed' THEN l.quantity ELSE 0 END,
       CASE WHEN o.status IN ('shipped', 'delivered') THEN l.quantity ELSE 0 END,
       CASE o.status WHEN 'delivered' THEN l.quantity ELSE 0 END
FROM orders AS o
JOIN order_line AS l ON l.order_id = o.id
WHERE o.number BETWEEN $1::bigint AND $2::bigint
