-- Remove notes.
-- in:    ids uuid[]
-- locks: the rows; the caller holds the orders' locks
-- uses:  order_note_pkey
DELETE FROM order_note WHERE id = ANY ($1::uuid[])
