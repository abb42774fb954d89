-- The orders of attachments.
-- in:    ids uuid[]
-- locks: nothing
-- uses:  attachment_pkey
SELECT a.id, a.order_id FROM attachment AS a WHERE a.id = ANY ($1::uuid[])
