-- One dated supply, come or not.
-- in:    supply_id uuid, location_ids uuid[] (NULL: all; pools with one of them)
-- locks: nothing
-- uses:  supply_pkey, location_pool_idx
SELECT s.id, k.code AS sku, p.code AS pool, s.due_on, s.quantity, s.preordered, s.reference, s.version, s.created_at
FROM supply AS s
JOIN sku AS k ON k.id = s.sku_id
JOIN pool AS p ON p.id = s.pool_id
WHERE s.id = $1
  AND ($2::uuid[] IS NULL OR EXISTS (
      SELECT FROM location AS l WHERE l.pool_id = s.pool_id AND l.id = ANY ($2::uuid[])))
