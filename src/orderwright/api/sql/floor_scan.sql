-- Fulfillments of a location with work left that a scan may mean: by their own id, their order's id or number, or a
-- parcel's tracking number; those due first first; with who began to pick.
-- in:    location_id uuid, states text[], fulfillment_id uuid, order_id uuid, number bigint, tracking_number text (each
--        NULL when the scan cannot be one), channel_ids uuid[] (NULL: all), limit integer
-- locks: nothing
-- uses:  fulfillment_pkey, fulfillment_order_idx, orders_number_key, parcel_tracking_idx, shipment_pkey, event_pkey,
--        act_pkey
SELECT f.id, f.order_id, o.number AS order_number, f.state, p.picker
FROM (
    SELECT $3::uuid AS id
    UNION
    SELECT n.id FROM fulfillment AS n WHERE n.order_id = $4::uuid
    UNION
    SELECT n.id FROM orders AS q JOIN fulfillment AS n ON n.order_id = q.id WHERE q.number = $5::bigint
    UNION
    SELECT s.fulfillment_id
    FROM parcel AS r
    JOIN shipment AS s ON s.id = r.shipment_id
    WHERE r.tracking_number = $6::text
) AS w
JOIN fulfillment AS f ON f.id = w.id
JOIN orders AS o ON o.id = f.order_id
LEFT JOIN LATERAL (
    SELECT c.actor AS picker
    FROM event AS e
    JOIN act AS c ON c.id = e.act_id
    WHERE e.subject_id = f.order_id AND e.type = 'fulfillment.picking' AND e.happened_at = f.entered_at
    ORDER BY e.seq DESC
    LIMIT 1) AS p ON true
WHERE f.location_id = $1::uuid AND f.state = ANY ($2::text[])
  AND ($7::uuid[] IS NULL OR o.channel_id = ANY ($7::uuid[]))
ORDER BY f.due_at, f.id
LIMIT $8::integer
