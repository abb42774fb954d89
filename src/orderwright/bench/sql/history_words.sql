-- The words of the names of a made-up history.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key, contact_order_idx
INSERT INTO contact_word (word, order_id, contact_id)
SELECT w.word, c.order_id, c.id
FROM orders AS o
JOIN contact AS c ON c.order_id = o.id
CROSS JOIN LATERAL (SELECT DISTINCT x.word FROM string_to_table(lower(c.name), ' ') AS x (word)) AS w
WHERE o.number BETWEEN $1::bigint AND $2::bigint
