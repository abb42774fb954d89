-- Returns of the demo's orders that are in one of these states since a moment, those that wait longest first.
-- `refusable`: its money goes back only when somebody has looked.
-- in:    states text[], since timestamptz, limit int
-- locks: nothing: the verbs lock and decide by what they find
-- uses:  customer_return_waiting_idx, orders_pkey
SELECT r.id, r.order_id, o.number, r.state, r.method, r.location_id, r.entered_at,
       coalesce(r.terms ->> 'refund_on', 'inspection') = 'inspection' AS refusable
FROM customer_return AS r
JOIN orders AS o ON o.id = r.order_id
WHERE r.state = ANY ($1::text[]) AND r.state IN ('requested', 'in_transit', 'received', 'inspected')
      AND r.entered_at <= $2 AND (o.metadata ->> 'demo_order' IS NOT NULL OR o.parent_id IS NOT NULL)
ORDER BY r.entered_at, r.id
LIMIT $3::integer
