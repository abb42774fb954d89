-- The words of the names of a made-up history, and the pair that each name's two words are.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key, contact_order_idx
INSERT INTO contact_word (word, order_id, contact_id)
SELECT w.word, c.order_id, c.id
FROM orders AS o
JOIN contact AS c ON c.order_id = o.id
CROSS JOIN LATERAL (SELECT split_part(lower(c.name), ' ', 1) AS first, split_part(lower(c.name), ' ', 2) AS last) AS n
CROSS JOIN LATERAL (VALUES (n.first), (n.last), (' ' || least(n.first, n.last) || ' ' || greatest(n.first, n.last)))
                   AS w (word)
WHERE o.number BETWEEN $1::bigint AND $2::bigint
