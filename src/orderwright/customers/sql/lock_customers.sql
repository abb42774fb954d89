-- Lock customers, and those that they were merged into, with who they are and whether they are erased already.
-- in:    ids uuid[]
-- locks: customers (id order), FOR UPDATE
-- uses:  customer_pkey
SELECT c.id, c.version, c.erased_at IS NOT NULL AS erased, c.identity_hash, c.merged_into
FROM customer AS c
WHERE c.id IN (
    SELECT unnest($1::uuid[])
    UNION
    SELECT m.merged_into FROM customer AS m WHERE m.id = ANY ($1::uuid[]) AND m.merged_into IS NOT NULL)
ORDER BY c.id
FOR UPDATE
