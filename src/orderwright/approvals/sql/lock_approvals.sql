-- Lock what was asked for, before anything of what it would do.
-- in:    approval_ids uuid[]
-- locks: approvals (id order), FOR UPDATE
-- uses:  approval_pkey
SELECT a.id, a.operation, a.subject, a.body::text AS body, a.figures::text AS figures, a.asked_by, a.answerable, a.asked_reason, a.state,
       a.decided_by, a.decided_reason, a.outcome::text AS outcome, a.created_at, a.expires_at, a.decided_at
FROM approval AS a
WHERE a.id = ANY ($1::uuid[])
ORDER BY a.id
FOR UPDATE
