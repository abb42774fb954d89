-- Goods that came in parcels of the demo's returns without being of their orders, and that nobody has dealt with since a
-- moment.
-- in:    since timestamptz, limit int
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  unexpected_return_parked_idx, customer_return_pkey, orders_pkey
SELECT u.id, o.number, u.entered_at
FROM unexpected_return AS u
JOIN customer_return AS r ON r.id = u.return_id
JOIN orders AS o ON o.id = r.order_id
WHERE u.state = 'parked' AND u.entered_at <= $1 AND (o.metadata ->> 'demo_order' IS NOT NULL OR o.parent_id IS NOT NULL)
ORDER BY u.entered_at, u.id
LIMIT $2::integer
