-- A page of the acts of a verb, newest first.
-- in:    from uuid (the smallest id), before uuid (above the largest), limit integer, verb text
-- locks: nothing
-- uses:  act_verb_idx
SELECT a.id, a.verb, a.actor, a.on_behalf_of, a.origin, a.reason, a.cause, a.request_id, true AS ok, a.recorded_at
FROM act AS a
WHERE a.verb = $4::text AND a.id >= $1::uuid AND a.id < $2::uuid
ORDER BY a.id DESC
LIMIT $3::integer
