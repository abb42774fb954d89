-- All changes of a thing, oldest first, with who made them.
-- in:    subject_id uuid, kind text, limit integer
-- locks: nothing
-- uses:  change_subject_idx, act_pkey
SELECT c.act_id, c.before::text AS before, c.after::text AS after, a.verb, a.actor, a.on_behalf_of, a.reason,
       a.recorded_at
FROM change AS c
JOIN act AS a ON a.id = c.act_id
WHERE c.subject_id = $1::uuid AND c.subject_kind = $2::text
ORDER BY c.act_id, c.n
LIMIT $3::integer
