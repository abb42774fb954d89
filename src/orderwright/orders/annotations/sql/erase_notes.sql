-- Remove all notes of orders: they may hold personal data (law T5).
-- in:    order_ids uuid[]
-- locks: the rows
-- uses:  order_note_order_idx
DELETE FROM order_note WHERE order_id = ANY ($1::uuid[])
