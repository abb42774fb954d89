-- The orders that payments belong to.
-- in:    payment_ids uuid[]
-- locks: nothing
-- uses:  payment_pkey
SELECT DISTINCT p.order_id AS id
FROM payment AS p
WHERE p.id = ANY ($1::uuid[])
ORDER BY p.order_id
