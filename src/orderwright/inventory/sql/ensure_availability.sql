-- Make the balance rows that are missing, empty.
-- in:    sku_ids uuid[], pool_ids uuid[] (pairs, sorted, distinct)
-- locks: new rows only; waits for a concurrent transaction that makes the same row
-- uses:  availability_pkey
INSERT INTO availability (sku_id, pool_id)
SELECT k.sku_id, k.pool_id FROM unnest($1::uuid[], $2::uuid[]) AS k (sku_id, pool_id)
ON CONFLICT DO NOTHING
