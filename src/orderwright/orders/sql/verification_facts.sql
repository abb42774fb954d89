-- Facts of orders for verification: totals, and what else the same customer ordered lately. What staff send for an
-- earlier order (an exchange, a replacement) is neither counted nor a duplicate.
-- in:    order_ids uuid[], velocity_from timestamptz[], duplicate_from timestamptz[]
-- locks: nothing
-- uses:  orders_pkey, orders_customer_idx, order_line_pkey
SELECT o.id AS order_id, o.channel_id, o.total_minor, l.line_quantity_max, l.needs_address,
       (SELECT count(*)::integer FROM orders AS e
        WHERE e.customer_id = o.customer_id AND e.id <= o.id AND e.placed_at >= w.velocity_from
              AND e.kind NOT IN ('exchange', 'replacement')) AS orders_in_window,
       ARRAY(SELECT e.id FROM orders AS e
             WHERE e.customer_id = o.customer_id AND e.id < o.id AND e.basket_hash = o.basket_hash
                   AND e.channel_id = o.channel_id AND e.status <> 'cancelled' AND e.placed_at >= w.duplicate_from
                   AND o.kind NOT IN ('exchange', 'replacement') AND e.kind NOT IN ('exchange', 'replacement')
             ORDER BY e.id DESC LIMIT 5) AS duplicate_of
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS w (order_id, velocity_from, duplicate_from)
JOIN orders AS o ON o.id = w.order_id
CROSS JOIN LATERAL (
    SELECT max(n.quantity) AS line_quantity_max, bool_or(n.delivery = 'ship') AS needs_address
    FROM order_line AS n
    WHERE n.order_id = o.id
) AS l
