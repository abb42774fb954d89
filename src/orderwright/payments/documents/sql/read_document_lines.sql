-- What documents are about.
-- in:    document_ids uuid[]
-- locks: nothing
-- uses:  document_line_pkey
SELECT l.document_id, l.n, l.kind, l.ref, l.code, l.name, l.units, l.net_minor, l.tax_minor, l.gross_minor, l.taxes
FROM document_line AS l
WHERE l.document_id = ANY ($1::uuid[])
ORDER BY l.document_id, l.n
