-- Delete refused orders that were taken at last.
-- in:    ids uuid[]
-- locks: the inbox rows (locked already)
-- uses:  inbox_pkey
DELETE FROM inbox AS i WHERE i.id = ANY ($1::uuid[])
