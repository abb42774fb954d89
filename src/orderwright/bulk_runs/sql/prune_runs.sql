-- Forget runs 30 days after they ended, once their orders are forgotten; who started them stays in the audit trail.
-- in:    limit integer
-- locks: the rows
-- uses:  bulk_run_finished_idx, bulk_run_item_pkey
DELETE FROM bulk_run AS r
WHERE r.id IN (
    SELECT o.id FROM bulk_run AS o
    WHERE o.finished_at < now() - interval '30 days'
      AND NOT EXISTS (SELECT 1 FROM bulk_run_item AS i WHERE i.run_id = o.id)
    ORDER BY o.finished_at LIMIT $1::integer FOR UPDATE SKIP LOCKED
)
RETURNING r.id AS run_id
