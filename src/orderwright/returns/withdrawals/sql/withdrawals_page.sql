-- A page of withdrawals as they are kept, oldest first: of one order, of some channels and locations (of orders with a
-- fulfillment there), or one by its id.
-- in:    withdrawal_id uuid (NULL: any), order_id uuid (NULL: all), channel_ids uuid[] and location_ids uuid[] (NULL:
--        all), after_id uuid (exclusive), page integer
-- locks: nothing
-- uses:  withdrawal_pkey, withdrawal_order_idx, withdrawal_line_pkey, orders_pkey, fulfillment_order_idx
SELECT w.id, w.order_id, o.number AS order_number, o.currency, o.placed_at, w.received_at, w.zone, w.whole,
       w.reference, w.content_hash, w.code, w.closes_on, w.send_back_by, w.refund_by, w.return_id, w.label_fee_minor,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'line', n.line_n, 'code', n.code, 'name', n.name, 'quantity', n.quantity,
                   'cancelled', n.cancelled, 'returned', n.returned, 'refused', n.refused,
                   'exemption', n.exemption) ORDER BY n.line_n), '[]')
        FROM withdrawal_line AS n WHERE n.withdrawal_id = w.id)::text AS lines
FROM withdrawal AS w
JOIN orders AS o ON o.id = w.order_id
WHERE w.id > $5 AND ($1::uuid IS NULL OR w.id = $1) AND ($2::uuid IS NULL OR w.order_id = $2)
  AND ($3::uuid[] IS NULL OR o.channel_id = ANY ($3::uuid[]))
  AND ($4::uuid[] IS NULL OR EXISTS (
      SELECT FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($4::uuid[])))
ORDER BY w.id
LIMIT $6::integer
