-- Messages by their ids: of what they are, and whether they wait for an answer.
-- in:    ids uuid[]
-- locks: nothing; they stand still while the caller holds the locks of their orders and customers
-- uses:  message_pkey
SELECT m.id, m.order_id, m.customer_id, m.direction, m.answer, m.version, m.words IS NULL AS erased
FROM message AS m
WHERE m.id = ANY ($1::uuid[])
