-- The claims of orders with their lines, oldest first: a row for each line.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  claim_order_idx, claim_line_pkey, orders_pkey
SELECT c.id, c.order_id, c.kind, c.state, c.party, c.location_id, c.parcel_id, c.carrier_state, c.file_by, c.resolution,
       c.reason, c.child_order_id, c.allowance_minor, c.carrier_reference, c.carrier_reason, c.expected_minor,
       c.recovered_minor, coalesce(k.status = 'cancelled', false) AS child_cancelled, l.line_n, l.quantity, l.credited,
       l.replaced, l.lines_minor, l.discounts_minor, l.tax_minor, l.shipping_minor
FROM claim AS c
JOIN claim_line AS l ON l.claim_id = c.id
LEFT JOIN orders AS k ON k.id = c.child_order_id
WHERE c.order_id = ANY ($1::uuid[])
ORDER BY c.order_id, c.id, l.line_n
