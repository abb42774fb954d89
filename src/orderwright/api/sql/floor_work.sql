-- The first fulfillments of a location with work left, those due first first; with their units, what they begin with,
-- who began to pick, and how far their label is.
-- in:    location_id uuid, states text[], channel_ids uuid[] (NULL: all), after_due timestamptz,
--        after_id uuid (exclusive), page integer
-- locks: nothing
-- uses:  fulfillment_queue_idx, orders_pkey, allocation_pkey, sku_pkey, event_pkey, act_pkey, shipment_fulfillment_id_key
SELECT f.id, f.order_id, o.number AS order_number, f.method, f.state, f.due_at, f.entered_at, g.lines, g.units,
       g.first_name, h.label, w.picker
FROM fulfillment AS f
JOIN orders AS o ON o.id = f.order_id
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS lines, coalesce(sum(a.quantity), 0)::integer AS units,
           (array_agg(k.name ORDER BY a.line_n, a.component_n))[1] AS first_name
    FROM allocation AS a
    JOIN sku AS k ON k.id = a.sku_id
    WHERE a.fulfillment_id = f.id) AS g
LEFT JOIN LATERAL (SELECT s.state AS label FROM shipment AS s WHERE s.fulfillment_id = f.id) AS h ON true
LEFT JOIN LATERAL (
    SELECT c.actor AS picker
    FROM event AS e
    JOIN act AS c ON c.id = e.act_id
    WHERE f.state = 'picking' AND e.subject_id = f.order_id AND e.type = 'fulfillment.picking'
      AND e.happened_at = f.entered_at
    ORDER BY e.seq DESC
    LIMIT 1) AS w ON true
WHERE f.location_id = $1::uuid AND f.state = ANY ($2::text[]) AND (f.due_at, f.id) > ($4::timestamptz, $5::uuid)
  AND ($3::uuid[] IS NULL OR o.channel_id = ANY ($3::uuid[]))
ORDER BY f.due_at, f.id
LIMIT $6::integer
