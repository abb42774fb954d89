-- What acts changed, at most so many things each: of one thing only, where it is named.
-- in:    act_ids uuid[], limit integer, subject_id uuid (NULL: of all)
-- locks: nothing
-- uses:  change_pkey
SELECT c.act_id, c.n, c.subject_kind, c.subject_id, c.before::text AS before, c.after::text AS after
FROM unnest($1::uuid[]) AS w (act_id)
CROSS JOIN LATERAL (
    SELECT k.act_id, k.n, k.subject_kind, k.subject_id, k.before, k.after
    FROM change AS k
    WHERE k.act_id = w.act_id AND ($3::uuid IS NULL OR k.subject_id = $3::uuid)
    ORDER BY k.n
    LIMIT $2::integer
) AS c
ORDER BY c.act_id, c.n
