-- Those who were merged into customers, with who they are.
-- in:    customer_ids uuid[]
-- locks: customers that were merged (id order), FOR UPDATE
-- uses:  customer_merged_idx
SELECT c.id, c.merged_into, c.identity_hash
FROM customer AS c
WHERE c.merged_into = ANY ($1::uuid[])
ORDER BY c.id
FOR UPDATE
