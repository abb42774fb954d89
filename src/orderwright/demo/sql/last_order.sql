-- How far the stream of baskets has come: the highest place in it among the newest orders.
-- in:    newest bigint (NULL: all orders)
-- locks: nothing
-- uses:  orders_pkey; all orders only when none of the newest is the demo's
SELECT max((o.metadata ->> 'demo_order')::bigint) AS demo_order
FROM (SELECT n.metadata FROM orders AS n ORDER BY n.id DESC LIMIT $1::bigint) AS o
WHERE o.metadata ->> 'demo_order' ~ '^[0-9]{1,15}$'
