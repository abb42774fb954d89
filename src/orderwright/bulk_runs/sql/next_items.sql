-- The next orders of a run, newest first.
-- in:    run_id uuid, below uuid, limit integer
-- locks: nothing; the caller holds the lock of the run
-- uses:  bulk_run_item_pkey
SELECT i.order_id
FROM bulk_run_item AS i
WHERE i.run_id = $1::uuid AND i.order_id < $2::uuid
ORDER BY i.order_id DESC
LIMIT $3::integer
