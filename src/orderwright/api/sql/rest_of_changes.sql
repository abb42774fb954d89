-- What an act changed from a place in its list on.
-- in:    act_id uuid, from integer (the first place), limit integer
-- locks: nothing
-- uses:  change_pkey
SELECT c.act_id, c.n, c.subject_kind, c.subject_id, c.before::text AS before, c.after::text AS after
FROM change AS c
WHERE c.act_id = $1::uuid AND c.n >= $2::integer
ORDER BY c.n
LIMIT $3::integer
