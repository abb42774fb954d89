-- Remove all files of orders: they may show people (law T5).
-- in:    order_ids uuid[]
-- locks: the rows
-- uses:  attachment_order_idx
DELETE FROM attachment WHERE order_id = ANY ($1::uuid[])
