-- Notes of a made-up history: one on every fiftieth order.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO order_note (id, order_id, author, words)
SELECT overlay(o.id::text PLACING '7' FROM 25)::uuid, o.id, 'system', 'Asked for gift wrapping on the phone.'
FROM orders AS o
WHERE o.number % 50 = 0 AND o.number BETWEEN $1::bigint AND $2::bigint
