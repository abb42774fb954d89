-- Remove views.
-- in:    ids uuid[]
-- locks: the rows; the caller holds their locks
-- uses:  saved_view_pkey
DELETE FROM saved_view WHERE id = ANY ($1::uuid[])
