-- Law T3: the stored status of an order is the one its components derive, its hold count that of its open holds, a
-- fulfillment's state fits what is left in it, a shipment's that of its fulfillment and of its parcels.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('order %s', o.id) AS subject,
       format('status %s, derived %s; holds %s, open %s', o.status, c.status, o.hold_count, coalesce(h.open, 0)) AS detail
FROM orders AS o
JOIN (
    SELECT order_id,
           order_status(sum(ordered), sum(pending), sum(external), sum(cancelled), sum(backordered), sum(promised),
                        sum(allocated), sum(picked), sum(packed), sum(shipped), sum(delivered)) AS status
    FROM component GROUP BY order_id
) AS c ON c.order_id = o.id
LEFT JOIN (SELECT order_id, count(*) AS open FROM hold WHERE released_at IS NULL GROUP BY order_id) AS h
     ON h.order_id = o.id
WHERE o.status <> c.status OR o.hold_count <> coalesce(h.open, 0)
UNION ALL
SELECT format('fulfillment %s', f.id),
       format('state %s with allocated %s, picked %s, packed %s, shipped %s', f.state, a.allocated, a.picked, a.packed,
              a.shipped)
FROM fulfillment AS f
JOIN (
    SELECT fulfillment_id, sum(quantity - picked - packed - shipped) AS allocated, sum(picked) AS picked,
           sum(packed) AS packed, sum(shipped) AS shipped
    FROM allocation GROUP BY fulfillment_id
) AS a ON a.fulfillment_id = f.id
WHERE (f.state IN ('open', 'released', 'picking') AND a.picked + a.packed + a.shipped > 0)
      OR (f.state = 'picked' AND (a.allocated > 0 OR a.packed + a.shipped > 0 OR a.picked = 0))
      OR (f.state = 'packed' AND (a.allocated + a.picked > 0 OR a.packed = 0))
      OR (f.state IN ('shipped', 'delivered') AND (a.allocated + a.picked + a.packed > 0 OR a.shipped = 0))
      OR (f.state IN ('rejected', 'cancelled') AND a.allocated + a.picked + a.packed + a.shipped > 0)
UNION ALL
SELECT format('shipment %s', s.id),
       format('state %s with its fulfillment %s and parcels %s', s.state, coalesce(f.state, 'missing'),
              coalesce(p.states, 'missing'))
FROM shipment AS s
LEFT JOIN fulfillment AS f ON f.id = s.fulfillment_id
LEFT JOIN (
    SELECT shipment_id, string_agg(state, ', ' ORDER BY n) AS states, bool_or(state = 'label_wanted') AS wanted,
           bool_or(state <> 'cancelled' AND shipped_at IS NULL) AS here, bool_and(state = 'cancelled') AS recalled,
           bool_and(state IN ('delivered', 'cancelled')) AND bool_or(state = 'delivered') AS arrived
    FROM parcel GROUP BY shipment_id
) AS p ON p.shipment_id = s.id
WHERE CASE WHEN s.state IN ('label_wanted', 'labelled') THEN 'packed' ELSE s.state END IS DISTINCT FROM f.state
      OR p.wanted IS DISTINCT FROM (s.state = 'label_wanted') OR p.arrived IS DISTINCT FROM (s.state = 'delivered')
      OR p.here IS DISTINCT FROM (s.state IN ('label_wanted', 'labelled'))
      OR p.recalled IS DISTINCT FROM (s.state = 'cancelled')
UNION ALL
SELECT format('parcel %s', p.id), format('state %s with tracking number %s', p.state, p.tracking_number)
FROM parcel AS p
WHERE ((p.state = 'label_wanted') <> (p.tracking_number IS NULL) AND p.state <> 'cancelled')
      OR (p.shipped_at IS NULL AND p.state NOT IN ('label_wanted', 'labelled', 'cancelled'))
      OR (p.shipped_at IS NOT NULL AND p.state IN ('label_wanted', 'cancelled'))
LIMIT 100
