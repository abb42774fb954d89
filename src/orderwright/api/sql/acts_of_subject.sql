-- A page of the acts that changed a thing or made an event of it, newest first.
-- in:    from uuid (the smallest id), before uuid (above the largest), limit integer, subject_id uuid,
--        kind text (NULL: any), actor text (NULL: any), verb text (NULL: any)
-- locks: nothing
-- uses:  change_subject_idx, event_pkey, act_pkey
SELECT a.id, a.verb, a.actor, a.on_behalf_of, a.origin, a.reason, a.cause, a.request_id, true AS ok, a.recorded_at
FROM (
    SELECT c.act_id FROM change AS c
    WHERE c.subject_id = $4::uuid AND ($5::text IS NULL OR c.subject_kind = $5::text)
    UNION
    SELECT e.act_id FROM event AS e WHERE e.subject_id = $4::uuid AND $5::text IS NULL
) AS t
JOIN act AS a ON a.id = t.act_id
WHERE a.id >= $1::uuid AND a.id < $2::uuid AND ($6::text IS NULL OR a.actor = $6::text)
  AND ($7::text IS NULL OR a.verb = $7::text)
ORDER BY a.id DESC
LIMIT $3::integer
