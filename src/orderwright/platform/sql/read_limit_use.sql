-- What an actor did of a kind to each subject since an act.
-- in:    actor text, kind text, subjects text[], since uuid (the smallest id of an act that counts)
-- locks: nothing; the caller holds the locks of the subjects
-- uses:  limit_use_pkey
SELECT u.subject, sum(u.amount)::bigint AS amount
FROM limit_use AS u
WHERE u.actor = $1::text AND u.kind = $2::text AND u.subject = ANY($3::text[]) AND u.act_id >= $4::uuid
GROUP BY u.subject
