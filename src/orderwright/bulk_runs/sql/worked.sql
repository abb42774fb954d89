-- Note how far a run is; after its last order it is done.
-- in:    id uuid, done integer, refused integer, below uuid, at_end boolean
-- locks: the run; the caller holds it
-- uses:  bulk_run_pkey
UPDATE bulk_run AS r
SET done = r.done + $2::integer, refused = r.refused + $3::integer, work_below = $4::uuid,
    state = CASE WHEN $5::boolean THEN 'done' ELSE r.state END,
    entered_at = CASE WHEN $5::boolean THEN now() ELSE r.entered_at END,
    finished_at = CASE WHEN $5::boolean THEN now() END
WHERE r.id = $1::uuid AND r.state = 'running'
