-- Lock customers, with who they are and whether they are erased already.
-- in:    ids uuid[]
-- locks: customers (id order), FOR UPDATE
-- uses:  customer_pkey
SELECT c.id, c.version, c.erased_at IS NOT NULL AS erased, c.identity_hash
FROM customer AS c
WHERE c.id = ANY ($1::uuid[])
ORDER BY c.id
FOR UPDATE
