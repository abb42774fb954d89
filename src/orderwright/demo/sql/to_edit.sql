-- The lines of the demo's orders that came between two moments, were never changed and are not picked: of so many orders
-- in a million, drawn by number and `draw`.
-- in:    from_id uuid, to_id uuid, draw bigint, share_ppm int, limit int (orders)
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  orders_pkey, order_line_pkey
SELECT o.id AS order_id, o.number, o.revision, uuid_extract_timestamp(o.id) AS came_at, l.n AS line, l.sku_code AS sku,
       l.quantity, l.subtotal_minor - l.discount_minor AS net_minor
FROM (SELECT n.id, n.number, n.revision
      FROM orders AS n
      WHERE n.id >= $1::uuid AND n.id < $2::uuid AND n.revision = 0
            AND n.status IN ('placed', 'backordered', 'allocated') AND n.metadata ->> 'demo_order' IS NOT NULL
            AND abs(hashtextextended(n.number::text, $3::bigint) % 1000000) < $4::integer
      ORDER BY n.id
      LIMIT $5::integer) AS o
JOIN order_line AS l ON l.order_id = o.id
WHERE l.delivery = 'ship' AND l.sku_id IS NOT NULL
ORDER BY o.id, l.n
