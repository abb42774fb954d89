-- Lock the views of owners, by their names.
-- in:    owners text[], subjects text[]
-- locks: saved_view (id order), FOR UPDATE
-- uses:  saved_view_name_key
SELECT v.id, v.owner, v.subject, v.name, v.filters::text AS filters, v.columns, v.density, v.position, v.version
FROM saved_view AS v
WHERE (v.owner, v.subject) IN (SELECT d.owner, d.subject FROM unnest($1::text[], $2::text[]) AS d (owner, subject))
ORDER BY v.id
FOR UPDATE
