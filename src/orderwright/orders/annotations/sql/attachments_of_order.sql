-- The files of an order, in the order in which they came, without their bytes.
-- in:    order_id uuid
-- locks: nothing
-- uses:  attachment_order_idx
SELECT a.id, a.order_id, a.kind, a.return_id, a.claim_id, a.name, a.media_type, a.byte_count, a.author, a.created_at
FROM attachment AS a
WHERE a.order_id = $1::uuid
ORDER BY a.id
