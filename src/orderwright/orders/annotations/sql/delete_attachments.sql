-- Remove files.
-- in:    ids uuid[]
-- locks: the rows; the caller holds the orders' locks
-- uses:  attachment_pkey
DELETE FROM attachment WHERE id = ANY ($1::uuid[])
