-- A customer's record.
-- in:    customer_id uuid
-- locks: nothing
-- uses:  customer_pkey
SELECT c.id, c.external_refs, c.metadata, c.version, c.created_at, c.erased_at
FROM customer AS c
WHERE c.id = $1
