-- How many orders are in each of these statuses. Reads the index alone: as many entries as there are such orders.
-- in:    statuses text[]
-- locks: nothing
-- uses:  orders_status_idx
SELECT o.status, count(*) AS orders
FROM orders AS o
WHERE o.status = ANY ($1::text[])
GROUP BY o.status
