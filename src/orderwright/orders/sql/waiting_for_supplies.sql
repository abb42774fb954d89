-- How many units wait for dated supplies.
-- in:    supply_ids uuid[]
-- locks: nothing; exact while the caller holds the locks of availability
-- uses:  supply_pkey, backorder_queue_idx
SELECT s.id AS supply_id, sum(b.quantity)::integer AS units
FROM supply AS s
JOIN backorder AS b ON b.sku_id = s.sku_id AND b.pool_id = s.pool_id AND b.supply_id = s.id
WHERE s.id = ANY ($1::uuid[])
GROUP BY s.id
