-- Forget what became of each order 30 days after a run ended.
-- in:    limit integer
-- locks: the rows
-- uses:  bulk_run_finished_idx, bulk_run_item_pkey
DELETE FROM bulk_run_item AS i
WHERE (i.run_id, i.order_id) IN (
    SELECT o.run_id, o.order_id
    FROM bulk_run AS r
    JOIN bulk_run_item AS o ON o.run_id = r.id
    WHERE r.finished_at < now() - interval '30 days'
    LIMIT $1::integer FOR UPDATE OF o SKIP LOCKED
)
RETURNING i.run_id
