-- A page of claims, oldest first: of one order, in some states, of a kind, put down to a party, of some channels and
-- locations; or one by its id; with their lines.
-- in:    claim_id uuid (NULL: any), order_id uuid (NULL: all), states text[], carrier_states text[], kinds text[],
--        parties text[], channel_ids uuid[], location_ids uuid[] (NULL: all), after_id uuid (exclusive), page integer
-- locks: nothing
-- uses:  claim_pkey, claim_order_idx, claim_state_idx, claim_line_pkey, orders_pkey, location_pkey, parcel_pkey,
--        fulfillment_order_idx
SELECT c.id, c.order_id, o.number AS order_number, o.currency, c.kind, c.state, c.party, c.step, l.code AS location,
       p.id AS parcel_id, p.carrier, p.tracking_number, c.resolution, c.reason, c.child_order_id, c.allowance_minor,
       c.carrier_state, c.file_by, c.carrier_reference, c.carrier_reason, c.expected_minor, c.recovered_minor,
       uuid_extract_timestamp(c.id) AS opened_at, c.entered_at, c.version,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'line', n.line_n, 'quantity', n.quantity, 'credited', n.credited, 'replaced', n.replaced,
                   'lines_minor', n.lines_minor, 'discounts_minor', n.discounts_minor, 'tax_minor', n.tax_minor,
                   'shipping_minor', n.shipping_minor) ORDER BY n.line_n), '[]')
        FROM claim_line AS n WHERE n.claim_id = c.id)::text AS lines
FROM claim AS c
JOIN orders AS o ON o.id = c.order_id
LEFT JOIN location AS l ON l.id = c.location_id
LEFT JOIN parcel AS p ON p.id = c.parcel_id
WHERE c.id > $9 AND ($1::uuid IS NULL OR c.id = $1) AND ($2::uuid IS NULL OR c.order_id = $2)
  AND ($3::text[] IS NULL OR c.state = ANY ($3::text[]))
  AND ($4::text[] IS NULL OR c.carrier_state = ANY ($4::text[]))
  AND ($5::text[] IS NULL OR c.kind = ANY ($5::text[]))
  AND ($6::text[] IS NULL OR c.party = ANY ($6::text[]))
  AND ($7::uuid[] IS NULL OR o.channel_id = ANY ($7::uuid[]))
  AND ($8::uuid[] IS NULL
       OR EXISTS (SELECT 1 FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($8::uuid[])))
ORDER BY c.id
LIMIT $10::integer
