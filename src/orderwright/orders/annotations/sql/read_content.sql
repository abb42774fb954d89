-- The bytes of a file of an order.
-- in:    order_id uuid, attachment_id uuid
-- locks: nothing
-- uses:  attachment_pkey
SELECT a.name, a.media_type, a.content
FROM attachment AS a
WHERE a.id = $2::uuid AND a.order_id = $1::uuid
