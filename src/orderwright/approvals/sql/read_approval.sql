-- One thing that was asked for: of anybody, or of one actor.
-- in:    id uuid, asked_by text (NULL: of anybody)
-- locks: nothing
-- uses:  approval_pkey
SELECT a.id, a.operation, a.subject, a.body::text AS body, a.figures::text AS figures, a.asked_by, a.answerable, a.asked_reason, a.state,
       a.decided_by, a.decided_reason, a.outcome::text AS outcome, a.created_at, a.expires_at, a.decided_at
FROM approval AS a
WHERE a.id = $1::uuid AND ($2::text IS NULL OR a.asked_by = $2::text)
