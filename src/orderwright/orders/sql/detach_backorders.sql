-- Backorders whose dated supply will not come wait for whatever comes.
-- in:    order_ids uuid[], supply_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  backorder_pkey
UPDATE backorder AS b
SET supply_id = NULL
WHERE b.order_id = ANY ($1::uuid[]) AND b.supply_id = ANY ($2::uuid[])
