-- Note how far the orders of a run are listed; when all are, it runs.
-- in:    id uuid, more integer, below uuid, all_listed boolean
-- locks: the run; the caller holds it
-- uses:  bulk_run_pkey
UPDATE bulk_run AS r
SET total = r.total + $2::integer, collect_below = $3::uuid,
    state = CASE WHEN $4::boolean THEN 'running' ELSE r.state END,
    entered_at = CASE WHEN $4::boolean THEN now() ELSE r.entered_at END
WHERE r.id = $1::uuid AND r.state = 'collecting'
