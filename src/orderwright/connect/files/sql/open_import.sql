-- How far the import of a file got; begins one where there is none yet.
-- in:    id uuid, identity bytea, kind text, path text
-- locks: the import's row
-- uses:  import_file_identity_key
INSERT INTO import_file AS i (id, identity, kind, path) VALUES ($1, $2, $3, $4)
ON CONFLICT (identity) DO UPDATE SET identity = i.identity
RETURNING i.id, i.read_to, i.line, i.report_bytes, i.counts, i.finished_at
