-- Remove notes.
-- in:    ids uuid[]
-- locks: the rows; the caller holds the customers' locks
-- uses:  customer_note_pkey
DELETE FROM customer_note WHERE id = ANY ($1::uuid[])
