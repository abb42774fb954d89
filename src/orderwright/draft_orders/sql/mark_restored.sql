-- Have deleted draft orders back.
-- in:    ids uuid[]
-- locks: the rows; the caller holds their locks
-- uses:  draft_order_pkey
UPDATE draft_order AS d
SET deleted_at = NULL, revision = d.revision + 1
WHERE d.id = ANY ($1::uuid[])
