-- Orders that are neither delivered nor cancelled and are promised for some days, or, of these, those that are late. The
-- days that orders are promised for are met one by one (1,000 at most), each by a step in the index.
-- in:    below uuid (exclusive), from uuid, limit integer, first date, last date, late boolean
-- locks: nothing
-- uses:  orders_promised_idx, twice a day
WITH RECURSIVE day AS (
    (SELECT o.promised_on, 1 AS n
     FROM orders AS o
     WHERE o.status NOT IN ('delivered', 'cancelled') AND o.promised_on >= $4::date AND o.promised_on <= $5::date
     ORDER BY o.promised_on
     LIMIT 1)
    UNION ALL
    SELECT x.promised_on, d.n + 1
    FROM day AS d
    CROSS JOIN LATERAL (
        SELECT o.promised_on
        FROM orders AS o
        WHERE o.status NOT IN ('delivered', 'cancelled') AND o.promised_on > d.promised_on
              AND o.promised_on <= $5::date
        ORDER BY o.promised_on
        LIMIT 1
    ) AS x
    WHERE d.n < 1000
)
SELECT f.id
FROM day AS d
CROSS JOIN LATERAL (
    SELECT o.id
    FROM orders AS o
    WHERE o.status NOT IN ('delivered', 'cancelled') AND o.promised_on = d.promised_on
          AND o.id < $1::uuid AND o.id >= $2::uuid
          AND (NOT $6::boolean OR o.promised_on < (now() AT TIME ZONE coalesce(o.promise_zone, 'UTC'))::date)
    ORDER BY o.id DESC
    LIMIT $3::integer
) AS f
ORDER BY f.id DESC
LIMIT $3::integer
