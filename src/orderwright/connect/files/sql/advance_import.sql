-- Move the import of a file on; no row when another process did so meanwhile. The same place again is allowed: at the
-- end of the file, to say that it is finished.
-- in:    id uuid, read_to_before bigint, report_bytes_before bigint, read_to bigint, line bigint, report_bytes bigint,
--        counts jsonb, finished boolean
-- locks: the import's row
-- uses:  import_file_pkey
UPDATE import_file AS i
SET read_to = $4, line = $5, report_bytes = $6, counts = $7::jsonb, updated_at = now(),
    finished_at = CASE WHEN $8 THEN now() END
WHERE i.id = $1 AND i.read_to = $2 AND i.report_bytes = $3
RETURNING i.id
