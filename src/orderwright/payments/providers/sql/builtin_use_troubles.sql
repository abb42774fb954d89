-- Keep how much of planned troubles is left.
-- in:    ids bigint[], after int[], times int[]
-- locks: rows that the caller holds locked
-- uses:  builtin_trouble_pkey
UPDATE builtin_trouble AS t
SET after = d.after, times = d.times
FROM unnest($1::bigint[], $2::integer[], $3::integer[]) AS d (id, after, times)
WHERE t.id = d.id
