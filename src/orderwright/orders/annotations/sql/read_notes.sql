-- Notes by their ids.
-- in:    ids uuid[]
-- locks: nothing
-- uses:  order_note_pkey
SELECT n.id, n.order_id, n.author, n.words, n.pinned, n.version, n.created_at, n.updated_at
FROM order_note AS n
WHERE n.id = ANY ($1::uuid[])
