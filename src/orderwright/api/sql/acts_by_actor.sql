-- A page of the acts of an actor, newest first: of one verb, or of each that the actor did (an index scan a verb, so
-- that it takes as long for one who did a million things as for one who did a hundred).
-- in:    from uuid (the smallest id), before uuid (above the largest), limit integer, actor text, verb text (NULL: all)
-- locks: nothing
-- uses:  act_actor_idx
WITH RECURSIVE did AS (
    (SELECT a.verb FROM act AS a WHERE a.actor = $4::text ORDER BY a.verb LIMIT 1)
    UNION ALL
    SELECT (SELECT a.verb FROM act AS a WHERE a.actor = $4::text AND a.verb > d.verb ORDER BY a.verb LIMIT 1)
    FROM did AS d
    WHERE d.verb IS NOT NULL
)
SELECT r.id, r.verb, r.actor, r.on_behalf_of, r.origin, r.reason, r.cause, r.request_id, r.ok, r.recorded_at
FROM did AS d
CROSS JOIN LATERAL (
    SELECT a.id, a.verb, a.actor, a.on_behalf_of, a.origin, a.reason, a.cause, a.request_id, true AS ok, a.recorded_at
    FROM act AS a
    WHERE a.actor = $4::text AND a.verb = d.verb AND a.id >= $1::uuid AND a.id < $2::uuid
    ORDER BY a.id DESC
    LIMIT $3::integer
) AS r
WHERE d.verb = coalesce($5::text, d.verb)
ORDER BY r.id DESC
LIMIT $3::integer
