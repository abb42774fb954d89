-- Tags of a made-up history: a common one on every tenth order, a rare one on every thousandth.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO order_tag (order_id, tag)
SELECT o.id, k.tag
FROM orders AS o
JOIN (VALUES ('gift', 10), ('vip', 1000)) AS k (tag, every) ON o.number % k.every = 0
WHERE o.number BETWEEN $1::bigint AND $2::bigint
