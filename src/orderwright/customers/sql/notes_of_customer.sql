-- The notes of a customer: pinned ones first, then the newest.
-- in:    customer_id uuid
-- locks: nothing
-- uses:  customer_note_customer_idx
SELECT n.id, n.customer_id, n.author, n.words, n.pinned, n.version, n.created_at, n.updated_at
FROM customer_note AS n
WHERE n.customer_id = $1::uuid
ORDER BY n.pinned DESC, n.id DESC
