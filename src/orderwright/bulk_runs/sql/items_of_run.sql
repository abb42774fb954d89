-- The orders of a run that has ended, where it was done, was not, or changed something; newest first, from below an id.
-- in:    run_id uuid, below uuid, limit integer, results text ('done', 'not_done', 'changed'), was_so text[] (codes of
--        what was done but changed nothing)
-- locks: nothing
-- uses:  bulk_run_item_pkey
SELECT i.order_id
FROM bulk_run_item AS i
WHERE i.run_id = $1::uuid AND i.order_id < $2::uuid AND coalesce(i.ok, false) = ($4::text <> 'not_done')
  AND ($4::text <> 'changed' OR i.code <> ALL ($5::text[]))
ORDER BY i.order_id DESC
LIMIT $3::integer
