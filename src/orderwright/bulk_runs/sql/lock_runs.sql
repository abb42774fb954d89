-- Lock runs: before anything of their orders.
-- in:    ids uuid[]
-- locks: bulk_run (id order), FOR UPDATE
-- uses:  bulk_run_pkey
SELECT r.id, r.action, r.filters::text AS filters, r.source_run_id, r.source_results, r.options::text AS options, r.state,
       r.stopped_code, r.actor, r.on_behalf_of, r.reason, r.origin, r.total, r.done, r.refused, r.collect_below,
       r.work_below, r.created_at, r.entered_at, r.finished_at
FROM bulk_run AS r
WHERE r.id = ANY ($1::uuid[])
ORDER BY r.id
FOR UPDATE
