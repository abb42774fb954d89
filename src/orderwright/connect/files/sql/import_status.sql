-- How far imports got: one, or the latest of a kind.
-- in:    id uuid (NULL: any), kind text (NULL: any), limit int
-- locks: nothing
-- uses:  import_file_pkey; the whole table for the latest: it has a row a file
SELECT i.id, i.kind, i.path, i.read_to, i.line, i.counts, i.started_at, i.updated_at, i.finished_at
FROM import_file AS i
WHERE ($1::uuid IS NULL OR i.id = $1) AND ($2::text IS NULL OR i.kind = $2)
ORDER BY i.id DESC
LIMIT $3
