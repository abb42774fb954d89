-- The single words of the names of a made-up history.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: new words in order
-- uses:  orders_number_key, contact_order_idx, name_word_pkey
INSERT INTO name_word (word, latin)
SELECT DISTINCT w.word, w.word
FROM orders AS o
JOIN contact AS c ON c.order_id = o.id
CROSS JOIN LATERAL unnest(string_to_array(lower(c.name), ' ')) AS w (word)
WHERE o.number BETWEEN $1::bigint AND $2::bigint
ORDER BY w.word
ON CONFLICT DO NOTHING
