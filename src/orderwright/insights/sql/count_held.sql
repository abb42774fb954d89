-- How many orders have an open hold.
-- in:    nothing
-- locks: nothing
-- uses:  orders_held_idx
SELECT count(*) AS orders
FROM orders AS o
WHERE o.hold_count > 0
