-- The demo's orders that were delivered between two moments and whose customers are to get a little money back: so many
-- in a million, drawn by number and `draw`. None of which money went back already, or goods come back.
-- in:    since timestamptz, until timestamptz, draw bigint, share_ppm int, limit int
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  fulfillment_delivered_idx, orders_pkey, payment_order_idx, customer_return_order_idx
SELECT o.id AS order_id, o.number, o.currency, f.delivered_at, p.refundable_minor
FROM (SELECT d.order_id, max(d.delivered_at) AS delivered_at
      FROM fulfillment AS d
      WHERE d.delivered_at > $1 AND d.delivered_at <= $2
      GROUP BY d.order_id) AS f
JOIN orders AS o ON o.id = f.order_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(y.captured_minor) FILTER (WHERE y.provider = 'builtin'), 0)::bigint AS refundable_minor,
           coalesce(sum(y.refunded_minor + y.refunding_minor), 0) AS gone_minor
    FROM payment AS y
    WHERE y.order_id = o.id
) AS p
WHERE o.status = 'delivered' AND o.metadata ->> 'demo_order' IS NOT NULL
      AND abs(hashtextextended(o.number::text, $3::bigint) % 1000000) < $4::integer
      AND p.refundable_minor > 0 AND p.gone_minor = 0
      AND NOT EXISTS (SELECT 1 FROM customer_return AS r WHERE r.order_id = o.id)
ORDER BY f.delivered_at, o.id
LIMIT $5::integer
