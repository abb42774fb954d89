-- Of which SKUs locations have or had stock.
-- in:    location_ids uuid[]
-- locks: nothing
-- uses:  stock_location_idx
SELECT s.sku_id, s.location_id FROM stock AS s WHERE s.location_id = ANY ($1::uuid[])
