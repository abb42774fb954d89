-- The notes of an order: pinned ones first, then the newest.
-- in:    order_id uuid
-- locks: nothing
-- uses:  order_note_order_idx
SELECT n.id, n.order_id, n.author, n.words, n.pinned, n.version, n.created_at, n.updated_at
FROM order_note AS n
WHERE n.order_id = $1::uuid
ORDER BY n.pinned DESC, n.id DESC
