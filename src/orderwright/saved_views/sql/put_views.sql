-- Write views: new ones, and those of the same owner, list and name anew. Columns are separated by tabs.
-- in:    ids uuid[], owners text[], subjects text[], names text[], filters text[] (JSON), columns text[],
--        densities text[], positions int[]
-- locks: the rows; the caller holds the locks of those that are there
-- uses:  saved_view_name_key
INSERT INTO saved_view (id, owner, subject, name, filters, columns, density, position)
SELECT d.id, d.owner, d.subject, d.name, d.filters::jsonb, string_to_array(d.columns, E'\t'), d.density, d.position
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[])
     AS d (id, owner, subject, name, filters, columns, density, position)
ON CONFLICT (owner, subject, name) DO UPDATE
SET filters = excluded.filters, columns = excluded.columns, density = excluded.density, position = excluded.position,
    version = saved_view.version + 1, updated_at = now()
RETURNING id, owner, subject, name
