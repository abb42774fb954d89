-- What orders come to: how many, their units, and their totals, by currency.
-- in:    ids uuid[]
-- locks: nothing
-- uses:  orders_pkey
SELECT o.currency, count(*) AS orders, sum(o.unit_count)::bigint AS units, sum(o.total_minor)::bigint AS total_minor
FROM orders AS o
WHERE o.id = ANY ((SELECT $1::uuid[])::uuid[])
GROUP BY o.currency
ORDER BY o.currency
