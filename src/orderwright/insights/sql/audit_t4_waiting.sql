-- Law T4: nothing waits forever: every promised, pending or open thing stands in a queue or behind a hold of what it
-- waits for, and every open order in a state that has a maximum age.
-- in:    queues text[], fulfillment_states text[] (those of the table of waiting states)
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('order %s', o.id) AS subject, 'has promised units that no queue and no hold keeps' AS detail
FROM orders AS o
WHERE o.status IN ('placed', 'picking', 'packed', 'partly_shipped', 'allocated')
      AND NOT EXISTS (SELECT 1 FROM hold AS h
                      WHERE h.order_id = o.id AND h.released_at IS NULL AND 'source' = ANY (h.blocks))
      AND EXISTS (SELECT 1 FROM promise AS p WHERE p.order_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM work AS w
                      WHERE w.subject_id = o.id AND w.stage IN ('verify', 'resolve', 'source'))
UNION ALL
SELECT format('order %s', o.id), 'has pending units that no queue and no hold keeps'
FROM orders AS o
WHERE EXISTS (SELECT 1 FROM component AS c WHERE c.order_id = o.id AND c.pending > 0)
      AND NOT EXISTS (SELECT 1 FROM hold AS h
                      WHERE h.order_id = o.id AND h.released_at IS NULL AND 'source' = ANY (h.blocks))
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.subject_id = o.id AND w.stage = 'resolve')
UNION ALL
SELECT format('sku %s in pool %s', a.sku_id, a.pool_id), 'could be given to those who wait for it, and no queue keeps it'
FROM availability AS a
WHERE a.available_to_promise > 0
      AND EXISTS (SELECT 1
                  FROM backorder AS b
                  JOIN orders AS o ON o.id = b.order_id
                  JOIN order_line AS l ON l.order_id = b.order_id AND l.n = b.line_n
                  JOIN channel AS c ON c.id = o.channel_id
                  LEFT JOIN channel_pool AS p ON p.channel_id = c.id AND p.pool_id = a.pool_id
                  WHERE b.sku_id = a.sku_id AND a.available_to_promise > c.buffer
                        AND (b.pool_id = a.pool_id OR (p.n IS NOT NULL AND l.location_id IS NULL)))
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.subject_id = a.sku_id AND w.stage = 'backorders')
UNION ALL
SELECT format('fulfillment %s', f.id), 'is open, and no queue and no hold keeps it'
FROM fulfillment AS f
JOIN orders AS o ON o.id = f.order_id
WHERE f.state = 'open'
      AND NOT EXISTS (SELECT 1 FROM hold AS h
                      WHERE h.order_id = o.id AND h.released_at IS NULL AND 'release' = ANY (h.blocks))
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'release' AND w.subject_id = f.id)
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'verify' AND w.subject_id = o.id)
UNION ALL
SELECT format('shipment %s', s.id), 'wants a label, and no queue keeps it'
FROM shipment AS s
WHERE s.state = 'label_wanted'
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'label' AND w.subject_id = s.id)
UNION ALL
SELECT format('order %s', o.id), format('is %s, and in no state that has a maximum age', o.status)
FROM orders AS o
WHERE o.status NOT IN ('delivered', 'cancelled')
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.subject_id = o.id AND w.stage = ANY ($1::text[]))
      AND NOT EXISTS (SELECT 1 FROM hold AS h WHERE h.order_id = o.id AND h.released_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM backorder AS b WHERE b.order_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM fulfillment AS f WHERE f.order_id = o.id AND f.state = ANY ($2::text[]))
UNION ALL
SELECT format('%s %s', w.stage, w.subject_id), 'waits in a queue that has no maximum age'
FROM work AS w
WHERE w.stage <> ALL ($1::text[])
LIMIT 100
