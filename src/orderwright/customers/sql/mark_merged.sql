-- Make customers other names of those that are kept: what their record says stands in the kept one's.
-- in:    ids uuid[], kept_ids uuid[]
-- locks: the customers (locked already), the kept ones
-- uses:  customer_pkey, customer_merged_idx
UPDATE customer AS c
SET merged_into = d.kept_id, external_refs = '{}', metadata = '{}', version = c.version + 1
FROM unnest($1::uuid[], $2::uuid[]) AS d (id, kept_id)
WHERE c.id = d.id
