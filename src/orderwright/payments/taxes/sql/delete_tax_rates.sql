-- Take rates away. Nothing refers to them: orders keep what they were charged.
-- in:    ids uuid[]
-- locks: the rows deleted (the lock of the schema's rates is held)
-- uses:  tax_rate_pkey
DELETE FROM tax_rate WHERE id = ANY ($1::uuid[])
