-- How many orders with an open hold are in each status, but those that are done.
-- in:    nothing
-- locks: nothing
-- uses:  orders_held_idx
SELECT o.status, count(*) AS orders
FROM orders AS o
WHERE o.hold_count > 0 AND o.status NOT IN ('delivered', 'cancelled')
GROUP BY o.status
