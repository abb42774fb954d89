-- A page of what was asked for, newest first: in one state or any, of anybody or of one actor.
-- in:    state text (NULL: any), asked_by text (NULL: of anybody), before uuid (above the largest id), limit integer
-- locks: nothing
-- uses:  approval_state_idx, approval_asked_by_idx, approval_pkey
SELECT a.id, a.operation, a.subject, a.body::text AS body, a.figures::text AS figures, a.asked_by, a.answerable, a.asked_reason, a.state,
       a.decided_by, a.decided_reason, a.outcome::text AS outcome, a.created_at, a.expires_at, a.decided_at
FROM approval AS a
WHERE ($1::text IS NULL OR a.state = $1::text) AND ($2::text IS NULL OR a.asked_by = $2::text) AND a.id < $3::uuid
ORDER BY a.id DESC
LIMIT $4::integer
