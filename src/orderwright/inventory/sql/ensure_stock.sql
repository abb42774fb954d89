-- Make the stock rows that are missing, empty.
-- in:    sku_ids uuid[], location_ids uuid[] (pairs, sorted, distinct)
-- locks: new rows only; waits for a concurrent transaction that makes the same row
-- uses:  stock_pkey
INSERT INTO stock (sku_id, location_id)
SELECT k.sku_id, k.location_id FROM unnest($1::uuid[], $2::uuid[]) AS k (sku_id, location_id)
ON CONFLICT DO NOTHING
