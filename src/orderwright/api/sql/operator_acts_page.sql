-- A page of the acts on what merchants share, newest first: those of a merchant, and those of the whole installation on
-- people who belong to it.
-- in:    merchant text, from uuid (the smallest id), before uuid (above the largest), limit integer,
--        actor text, verb text, subject_id uuid, kind text (each NULL: any)
-- locks: nothing
-- uses:  operator_act_merchant_idx, operator_act_subject_idx, membership_merchant_idx
SELECT u.id, u.verb, u.actor, u.origin, u.reason, u.request_id, u.ok, u.recorded_at, u.subject_kind, u.subject_id,
       u.before, u.after
FROM (
    (SELECT o.id, o.verb, o.actor, o.origin, o.reason, o.request_id, o.ok, o.recorded_at, o.subject_kind, o.subject_id,
           o.before::text AS before, o.after::text AS after
    FROM operator_act AS o
    WHERE o.merchant = $1::text
      AND o.id >= $2::uuid AND o.id < $3::uuid
      AND ($5::text IS NULL OR o.actor = $5::text) AND ($6::text IS NULL OR o.verb = $6::text)
      AND ($7::uuid IS NULL OR o.subject_id = $7::uuid) AND ($8::text IS NULL OR o.subject_kind = $8::text)
    ORDER BY o.id DESC
    LIMIT $4::integer)
    UNION ALL
    (SELECT o.id, o.verb, o.actor, o.origin, o.reason, o.request_id, o.ok, o.recorded_at, o.subject_kind, o.subject_id,
           o.before::text AS before, o.after::text AS after
    FROM membership AS m
    JOIN operator_act AS o ON o.subject_id = m.person_id
    WHERE m.merchant = $1::text AND o.merchant IS NULL
      AND o.id >= $2::uuid AND o.id < $3::uuid
      AND ($5::text IS NULL OR o.actor = $5::text) AND ($6::text IS NULL OR o.verb = $6::text)
      AND ($7::uuid IS NULL OR o.subject_id = $7::uuid) AND ($8::text IS NULL OR o.subject_kind = $8::text)
    ORDER BY o.id DESC
    LIMIT $4::integer)
) AS u
ORDER BY u.id DESC
LIMIT $4::integer
