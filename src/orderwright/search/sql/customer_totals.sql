-- What a customer bought in some orders, by currency; cancelled orders count apart. Units are of components.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, component_pkey
SELECT o.currency, count(*) AS orders, count(*) FILTER (WHERE o.status = 'cancelled') AS cancelled,
       coalesce(sum(o.total_minor) FILTER (WHERE o.status <> 'cancelled'), 0)::bigint AS total_minor,
       coalesce(sum(u.shipped), 0)::bigint AS shipped, coalesce(sum(u.returned), 0)::bigint AS returned,
       min(o.placed_at) AS first_at, max(o.placed_at) AS last_at
FROM orders AS o
LEFT JOIN LATERAL (
    SELECT sum(c.shipped) AS shipped, sum(c.returned) AS returned FROM component AS c WHERE c.order_id = o.id
) AS u ON true
WHERE o.id = ANY ($1::uuid[])
GROUP BY o.currency
ORDER BY count(*) DESC, o.currency
