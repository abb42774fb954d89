-- Notes on customers by their ids.
-- in:    ids uuid[]
-- locks: nothing
-- uses:  customer_note_pkey
SELECT n.id, n.customer_id, n.author, n.words, n.pinned, n.version, n.created_at, n.updated_at
FROM customer_note AS n
WHERE n.id = ANY ($1::uuid[])
