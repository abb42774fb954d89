-- Orders with units that wait for dated supplies.
-- in:    supply_ids uuid[]
-- locks: nothing
-- uses:  supply_pkey, backorder_queue_idx
SELECT DISTINCT b.order_id AS id
FROM supply AS s
JOIN backorder AS b ON b.sku_id = s.sku_id AND b.pool_id = s.pool_id AND b.supply_id = s.id
WHERE s.id = ANY ($1::uuid[])
