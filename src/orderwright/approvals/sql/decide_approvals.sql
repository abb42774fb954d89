-- Write what was decided of what still waits (law T3).
-- in:    approval_ids uuid[], states text[], decided_by text, reasons text[], outcomes text[] (JSON objects),
--        decided_at timestamptz
-- locks: the caller holds the approvals
-- uses:  approval_pkey
UPDATE approval AS a
SET state = n.state, decided_by = $3::text, decided_reason = n.reason, outcome = n.outcome::jsonb,
    decided_at = $6::timestamptz
FROM unnest($1::uuid[], $2::text[], $4::text[], $5::text[]) AS n (id, state, reason, outcome)
WHERE a.id = n.id AND a.state = 'waiting'
