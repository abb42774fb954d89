-- Which customers there are.
-- in:    customer_ids uuid[]
-- locks: nothing
-- uses:  customer_pkey
SELECT c.id, c.id AS customer_id, NULL::text AS currency, c.erased_at IS NOT NULL AS erased
FROM customer AS c
WHERE c.id = ANY ($1::uuid[])
