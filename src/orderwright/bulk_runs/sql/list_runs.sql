-- A page of runs, newest first: all, or those that one actor started.
-- in:    below uuid, limit integer, actor text (NULL: all)
-- locks: nothing
-- uses:  bulk_run_pkey, bulk_run_actor_idx
SELECT r.id, r.action, r.filters::text AS filters, r.source_run_id, r.source_results, r.options::text AS options, r.state,
       r.stopped_code, r.actor, r.on_behalf_of, r.reason, r.origin, r.total, r.done, r.refused, r.collect_below,
       r.work_below, r.created_at, r.entered_at, r.finished_at
FROM bulk_run AS r
WHERE r.id < $1::uuid AND ($3::text IS NULL OR r.actor = $3::text)
ORDER BY r.id DESC
LIMIT $2::integer
