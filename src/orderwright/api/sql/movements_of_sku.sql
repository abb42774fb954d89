-- A page of the movements of a SKU, newest first, with who made them and why.
-- in:    sku_id uuid, location_ids uuid[] (NULL: all), before uuid (exclusive; NULL: from the newest on), page integer
-- locks: nothing
-- uses:  movement_sku_idx, act_pkey, orders_pkey, location_pkey
SELECT m.id, m.quantity, f.code AS from_location, m.from_bucket, t.code AS to_location, m.to_bucket, m.kind,
       m.order_id, o.number AS order_number, a.actor, a.reason, a.verb, m.happened_at, m.recorded_at
FROM movement AS m
JOIN act AS a ON a.id = m.act_id
LEFT JOIN orders AS o ON o.id = m.order_id
LEFT JOIN location AS f ON f.id = m.from_location_id
LEFT JOIN location AS t ON t.id = m.to_location_id
WHERE m.sku_id = $1::uuid AND ($3::uuid IS NULL OR m.id < $3::uuid)
  AND ($2::uuid[] IS NULL OR m.from_location_id = ANY ($2::uuid[]) OR m.to_location_id = ANY ($2::uuid[]))
ORDER BY m.id DESC
LIMIT $4::integer
