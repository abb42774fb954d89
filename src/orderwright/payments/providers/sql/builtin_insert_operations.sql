-- Keep what was answered, and tell which keys are new: one that another call has just taken is left out.
-- in:    keys text[] sorted, contents bytea[], refs text[], kinds text[], amounts bigint[], done bool[], codes text[],
--        ns int[]
-- locks: builtin_operation (key order): waits for calls under way that bring the same keys
-- uses:  builtin_operation_pkey
INSERT INTO builtin_operation (key, content, reference, kind, amount_minor, done, code, n)
SELECT d.key, d.content, d.reference, d.kind, d.amount_minor, d.done, d.code, d.n
FROM unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::bigint[], $6::boolean[], $7::text[], $8::integer[])
     AS d (key, content, reference, kind, amount_minor, done, code, n)
ON CONFLICT (key) DO NOTHING
RETURNING key
