-- What became of orders of a run. One that has an outcome already keeps it.
-- in:    run_id uuid, order_ids uuid[], codes text[], oks boolean[], messages text[], details text[] (JSON or NULL)
-- locks: the rows; the caller holds the lock of the run
-- uses:  bulk_run_item_pkey
UPDATE bulk_run_item AS i
SET code = d.code, ok = d.ok, message = d.message, details = d.details::jsonb
FROM unnest($2::uuid[], $3::text[], $4::boolean[], $5::text[], $6::text[]) AS d (order_id, code, ok, message, details)
WHERE i.run_id = $1::uuid AND i.order_id = d.order_id AND i.code IS NULL
