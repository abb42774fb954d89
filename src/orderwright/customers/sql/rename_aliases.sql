-- Let those who were merged into customers before be merged into others.
-- in:    old_ids uuid[], new_ids uuid[]
-- locks: customers that were merged (whom they were merged into is locked, so nobody else changes them)
-- uses:  customer_merged_idx
UPDATE customer AS c SET merged_into = d.new_id
FROM unnest($1::uuid[], $2::uuid[]) AS d (old_id, new_id)
WHERE c.merged_into = d.old_id
