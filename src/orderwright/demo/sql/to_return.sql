-- The lines of the demo's orders that were delivered between two moments and of which something is to come back: of so
-- many orders in a million, drawn by number and `draw`. None of which something came back or was claimed, or that were given money
-- beyond what was owed.
-- in:    since timestamptz, until timestamptz, draw bigint, share_ppm int, limit int (orders)
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  fulfillment_delivered_idx, orders_pkey, customer_return_order_idx, claim_order_idx, money_entry_pkey, component_pkey
SELECT o.order_id, o.number, o.delivered_at, c.line_n AS line, min(c.shipped / (c.ordered / l.quantity)) AS units
FROM (SELECT n.id AS order_id, n.number, f.delivered_at
      FROM (SELECT d.order_id, max(d.delivered_at) AS delivered_at
            FROM fulfillment AS d
            WHERE d.delivered_at > $1 AND d.delivered_at <= $2
            GROUP BY d.order_id) AS f
      JOIN orders AS n ON n.id = f.order_id
      WHERE n.status = 'delivered' AND (n.metadata ->> 'demo_order' IS NOT NULL OR n.parent_id IS NOT NULL)
            AND abs(hashtextextended(n.number::text, $3::bigint) % 1000000) < $4::integer
            AND NOT EXISTS (SELECT 1 FROM customer_return AS r WHERE r.order_id = n.id)
            AND NOT EXISTS (SELECT 1 FROM claim AS w WHERE w.order_id = n.id)
            AND NOT EXISTS (SELECT 1 FROM money_entry AS e WHERE e.order_id = n.id AND e.debit = 'allowances')
      ORDER BY f.delivered_at, n.id
      LIMIT $5::integer) AS o
JOIN order_line AS l ON l.order_id = o.order_id
JOIN component AS c ON c.order_id = l.order_id AND c.line_n = l.n
GROUP BY o.order_id, o.number, o.delivered_at, c.line_n
HAVING min(c.shipped / (c.ordered / l.quantity)) > 0
ORDER BY o.delivered_at, o.order_id, c.line_n
