-- Keep what an act did of a kind to each of its subjects.
-- in:    actor text, kind text, act_id uuid, subjects text[], amounts bigint[]
-- locks: nothing
-- uses:  limit_use_pkey
INSERT INTO limit_use (actor, kind, subject, act_id, amount)
SELECT $1::text, $2::text, n.subject, $3::uuid, n.amount
FROM unnest($4::text[], $5::bigint[]) AS n (subject, amount)
