-- A page of returns, oldest first: of one order, in some states, of some channels and locations, or one by its id; with
-- their lines, and what came of them.
-- in:    return_id uuid (NULL: any), order_id uuid (NULL: all), states text[] (NULL: all), channel_ids uuid[] and
--        location_ids uuid[] (NULL: all), after_id uuid (exclusive), page integer
-- locks: nothing
-- uses:  customer_return_pkey, customer_return_order_idx, customer_return_state_idx, return_line_pkey,
--        returned_goods_pkey, return_inspection_return_idx, orders_pkey, location_pkey, sku_pkey
SELECT r.id, r.order_id, o.number AS order_number, o.currency, l.code AS location, r.state, r.method,
       r.tracking_number, r.carrier, r.label::text AS label, r.policy_version, r.terms ->> 'refund_on' AS refund_on, r.refund_to, r.label_fee_minor,
       r.scanned_at,
       uuid_extract_timestamp(r.id) AS requested_at, r.entered_at, r.version,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'line', n.line_n, 'quantity', n.quantity, 'reason', n.reason, 'condition', n.condition,
                   'credited', n.credited, 'refused', n.refused, 'claimed', n.claimed, 'lines_minor', n.lines_minor,
                   'discounts_minor', n.discounts_minor, 'tax_minor', n.tax_minor,
                   'shipping_minor', n.shipping_minor, 'fees_minor', n.fees_minor) ORDER BY n.line_n), '[]')
        FROM return_line AS n WHERE n.return_id = r.id)::text AS lines,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'line', g.line_n, 'component', g.component_n, 'sku', k.code, 'location', p.code,
                   'received', g.received, 'inspected', g.inspected, 'sent_back', g.sent_back)
                   ORDER BY g.line_n, g.component_n, p.code), '[]')
        FROM returned_goods AS g
        JOIN sku AS k ON k.id = g.sku_id
        JOIN location AS p ON p.id = g.location_id
        WHERE g.return_id = r.id)::text AS goods,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'line', i.line_n, 'component', i.component_n, 'quantity', i.quantity, 'grade', i.grade,
                   'disposition', i.disposition, 'accepted', i.accepted, 'at', i.recorded_at) ORDER BY i.id), '[]')
        FROM return_inspection AS i WHERE i.return_id = r.id)::text AS inspections
FROM customer_return AS r
JOIN orders AS o ON o.id = r.order_id
JOIN location AS l ON l.id = r.location_id
WHERE r.id > $6 AND ($1::uuid IS NULL OR r.id = $1) AND ($2::uuid IS NULL OR r.order_id = $2)
  AND ($3::text[] IS NULL OR r.state = ANY ($3::text[]))
  AND ($4::uuid[] IS NULL OR o.channel_id = ANY ($4::uuid[]))
  AND ($5::uuid[] IS NULL OR r.location_id = ANY ($5::uuid[]))
ORDER BY r.id
LIMIT $7::integer
