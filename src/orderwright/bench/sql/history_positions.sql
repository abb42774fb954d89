-- Positions of the events of a made-up history: three are kept for each order, in the order of the numbers.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO event_position (position, subject_id, seq)
SELECT (o.number - 100001) * 3 + e.seq, o.id, e.seq
FROM orders AS o
CROSS JOIN LATERAL generate_series(1, o.event_seq) AS e (seq)
WHERE o.number BETWEEN $1::bigint AND $2::bigint
