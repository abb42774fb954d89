-- What shoppers answered about delays of orders, oldest first.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  delay_answer_pkey
SELECT d.order_id, d.n, d.answer, d.until, d.answered_at
FROM delay_answer AS d
WHERE d.order_id = ANY ($1::uuid[])
ORDER BY d.order_id, d.n
