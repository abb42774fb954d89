-- Remove all notes of customers: they may hold personal data (law T5).
-- in:    customer_ids uuid[]
-- locks: the rows
-- uses:  customer_note_customer_idx
DELETE FROM customer_note WHERE customer_id = ANY ($1::uuid[])
