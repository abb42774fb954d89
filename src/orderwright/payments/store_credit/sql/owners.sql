-- Which customers there are; one that was merged stands for the one that was kept.
-- in:    customer_ids uuid[]
-- locks: customers (id order), FOR SHARE: against being merged
-- uses:  customer_pkey
SELECT c.id, coalesce(c.merged_into, c.id) AS customer_id, NULL::text AS currency, c.erased_at IS NOT NULL AS erased
FROM customer AS c
WHERE c.id = ANY ($1::uuid[])
ORDER BY c.id
FOR SHARE
