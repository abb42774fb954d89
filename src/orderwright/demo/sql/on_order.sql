-- Supplies that were announced before a moment and have not arrived, oldest first.
-- in:    since timestamptz, limit int
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  supply_pkey, sku_pkey
SELECT s.id, k.code AS sku, s.pool_id, s.quantity, s.created_at
FROM supply AS s
JOIN sku AS k ON k.id = s.sku_id
WHERE s.quantity > 0 AND s.created_at <= $1
ORDER BY s.id
LIMIT $2::integer
