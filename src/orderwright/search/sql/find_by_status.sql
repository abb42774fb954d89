-- Orders in any of these statuses: the newest of each, merged, so that a rare status is as fast as a common one.
-- in:    below uuid (exclusive), from uuid, limit integer, statuses text[]
-- locks: nothing
-- uses:  orders_status_idx, once a status
SELECT f.id
FROM unnest((SELECT $4::text[])) AS s (status)
CROSS JOIN LATERAL (
    SELECT o.id
    FROM orders AS o
    WHERE o.status = s.status AND o.id < $1::uuid AND o.id >= $2::uuid
    ORDER BY o.id DESC
    LIMIT $3::integer
) AS f
ORDER BY f.id DESC
LIMIT $3::integer
