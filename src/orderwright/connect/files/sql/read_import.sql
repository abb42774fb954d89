-- How far the import of a file got.
-- in:    id uuid
-- locks: nothing
-- uses:  import_file_pkey
SELECT i.id, i.read_to, i.line, i.report_bytes, i.counts, i.finished_at FROM import_file AS i WHERE i.id = $1
