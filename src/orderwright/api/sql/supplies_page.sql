-- Dated supply that is still to come, earliest first.
-- in:    skus text[] (NULL: all), pool text (NULL: all), location_ids uuid[] (NULL: all; pools with one of them),
--        after_date date, after_id uuid, limit int
-- locks: nothing
-- uses:  supply_due_idx, supply_sku_idx, sku_code_key
SELECT s.id, k.code AS sku, p.code AS pool, s.due_on, s.quantity, s.preordered, s.reference, s.version, s.created_at
FROM supply AS s
JOIN sku AS k ON k.id = s.sku_id
JOIN pool AS p ON p.id = s.pool_id
WHERE s.quantity > 0
  AND ($1::text[] IS NULL OR k.code = ANY ($1::text[]))
  AND ($2::text IS NULL OR p.code = $2::text)
  AND ($3::uuid[] IS NULL OR EXISTS (
      SELECT FROM location AS l WHERE l.pool_id = s.pool_id AND l.id = ANY ($3::uuid[])))
  AND (s.due_on, s.id) > ($4::date, $5::uuid)
ORDER BY s.due_on, s.id
LIMIT $6
