-- A customer's record; of one that was merged, that of the one that was kept.
-- in:    customer_id uuid
-- locks: nothing
-- uses:  customer_pkey
SELECT c.id, c.external_refs, c.metadata, c.version, c.created_at, c.erased_at
FROM customer AS c
WHERE c.id = (SELECT coalesce(m.merged_into, m.id) FROM customer AS m WHERE m.id = $1)
