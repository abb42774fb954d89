-- Change notes. NULL leaves words or pin as they are.
-- in:    ids uuid[], words text[], pinned boolean[]
-- locks: the rows; the caller holds the customers' locks
-- uses:  customer_note_pkey
UPDATE customer_note AS n
SET words = coalesce(d.words, n.words), pinned = coalesce(d.pinned, n.pinned), version = n.version + 1, updated_at = now()
FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS d (id, words, pinned)
WHERE n.id = d.id
