-- Lock views by their ids.
-- in:    ids uuid[]
-- locks: saved_view (id order), FOR UPDATE
-- uses:  saved_view_pkey
SELECT v.id, v.owner, v.subject, v.name, v.filters::text AS filters, v.columns, v.density, v.position, v.version
FROM saved_view AS v
WHERE v.id = ANY ($1::uuid[])
ORDER BY v.id
FOR UPDATE
