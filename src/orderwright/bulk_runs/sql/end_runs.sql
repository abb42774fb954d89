-- End runs that are under way.
-- in:    ids uuid[], state text ('cancelled' or 'stopped'), code text (why it was stopped, or NULL)
-- locks: the runs; the caller holds them
-- uses:  bulk_run_pkey
UPDATE bulk_run AS r
SET state = $2::text, stopped_code = $3::text, entered_at = now(), finished_at = now()
WHERE r.id = ANY ($1::uuid[]) AND r.state IN ('collecting', 'running')
RETURNING r.id AS run_id
