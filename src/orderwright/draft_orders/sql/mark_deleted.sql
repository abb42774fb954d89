-- Delete draft orders: they go for good a day later.
-- in:    ids uuid[]
-- locks: the rows; the caller holds their locks
-- uses:  draft_order_pkey
UPDATE draft_order AS d
SET deleted_at = now(), revision = d.revision + 1
WHERE d.id = ANY ($1::uuid[])
