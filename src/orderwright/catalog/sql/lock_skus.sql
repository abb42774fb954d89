-- Lock SKUs in id order: decisions on what all pools owe of one are made one after the other.
-- in:    ids uuid[]
-- locks: sku (id order), FOR NO KEY UPDATE
-- uses:  sku_pkey
SELECT s.id FROM sku AS s WHERE s.id = ANY ($1::uuid[]) ORDER BY s.id FOR NO KEY UPDATE
