-- A page of a merchant's acts, newest first.
-- in:    from uuid (the smallest id), before uuid (above the largest), limit integer
-- locks: nothing
-- uses:  act_pkey
SELECT a.id, a.verb, a.actor, a.on_behalf_of, a.origin, a.reason, a.cause, a.request_id, true AS ok, a.recorded_at
FROM act AS a
WHERE a.id >= $1::uuid AND a.id < $2::uuid
ORDER BY a.id DESC
LIMIT $3::integer
