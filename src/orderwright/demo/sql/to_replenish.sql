-- SKUs that a pool runs out of or owes, and that no supply is on its way for: the most owed first.
-- in:    low_units int, limit int
-- locks: nothing
-- uses:  no index: availability has a row a SKU and pool, and is small; supply_sku_idx, sku_pkey
SELECT k.code AS sku, a.pool_id, a.available_to_promise, a.backordered
FROM availability AS a
JOIN sku AS k ON k.id = a.sku_id
WHERE (a.available_to_promise <= $1::integer OR a.backordered > 0) AND k.kind = 'stocked'
      AND NOT EXISTS (SELECT 1 FROM supply AS s
                      WHERE s.sku_id = a.sku_id AND s.pool_id = a.pool_id AND s.quantity > 0)
ORDER BY a.backordered DESC, a.available_to_promise, k.code, a.pool_id
LIMIT $2::integer
