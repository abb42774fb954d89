-- Law T4: nothing waits forever: every promised, pending or open thing stands in a queue or behind a hold.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('order %s', o.id) AS subject, 'has promised units that no queue and no hold keeps' AS detail
FROM orders AS o
WHERE o.status IN ('placed', 'picking', 'packed', 'partly_shipped', 'allocated') AND o.hold_count = 0
      AND EXISTS (SELECT 1 FROM promise AS p WHERE p.order_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM work AS w
                      WHERE w.subject_id = o.id AND w.stage IN ('verify', 'resolve', 'source'))
UNION ALL
SELECT format('order %s', o.id), 'has pending units that no queue and no hold keeps'
FROM orders AS o
WHERE o.hold_count = 0 AND EXISTS (SELECT 1 FROM component AS c WHERE c.order_id = o.id AND c.pending > 0)
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.subject_id = o.id AND w.stage = 'resolve')
UNION ALL
SELECT format('sku %s in pool %s', a.sku_id, a.pool_id), 'could be given to those who wait for it, and no queue keeps it'
FROM availability AS a
WHERE a.available_to_promise > 0 AND a.backordered > 0
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.subject_id = a.sku_id AND w.stage = 'backorders')
UNION ALL
SELECT format('fulfillment %s', f.id), 'is open, and no queue and no hold keeps it'
FROM fulfillment AS f
JOIN orders AS o ON o.id = f.order_id
WHERE f.state = 'open' AND o.hold_count = 0
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'release' AND w.subject_id = f.id)
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'verify' AND w.subject_id = o.id)
UNION ALL
SELECT format('shipment %s', s.id), 'wants a label, and no queue keeps it'
FROM shipment AS s
WHERE s.state = 'label_wanted'
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'label' AND w.subject_id = s.id)
LIMIT 100
