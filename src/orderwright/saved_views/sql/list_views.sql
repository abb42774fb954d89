-- The views of a list that somebody sees: their own, and everybody's.
-- in:    owner text, subject text
-- locks: nothing
-- uses:  saved_view_name_key
SELECT v.id, v.owner, v.subject, v.name, v.filters::text AS filters, v.columns, v.density, v.position, v.version
FROM saved_view AS v
WHERE v.owner IN ('', $1::text) AND v.subject = $2::text
ORDER BY v.position, v.name, v.id
