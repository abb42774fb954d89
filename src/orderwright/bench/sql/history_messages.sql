-- Messages of a made-up history: a question to every twentieth order; those of every hundredth that has not been
-- delivered wait for an answer.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO message (id, order_id, direction, medium, author, recorded_by, words, delivery, answer, answered_by,
                     answered_at, said_at)
SELECT overlay(o.id::text PLACING '8' FROM 25)::uuid, o.id, 'in', 'portal', 'shopper', 'system',
       'When will it arrive, and may the neighbours take it?', 'none', a.answer,
       CASE a.answer WHEN 'answered' THEN 'system' END, CASE a.answer WHEN 'answered' THEN o.placed_at END, o.placed_at
FROM orders AS o
CROSS JOIN LATERAL (
    SELECT CASE WHEN o.status <> 'delivered' AND o.number % 100 = 0 THEN 'awaited' ELSE 'answered' END AS answer
) AS a
WHERE o.number % 20 = 0 AND o.number BETWEEN $1::bigint AND $2::bigint
