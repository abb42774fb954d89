-- The tags that orders have, in alphabetical order, each met by a step in the index, with the number of its orders up to
-- 1,000.
-- in:    after text (exclusive; '' to begin with), limit integer
-- locks: nothing
-- uses:  order_tag_tag_idx
WITH RECURSIVE used AS (
    (SELECT t.tag, 1 AS n
     FROM order_tag AS t
     WHERE t.tag > $1::text COLLATE "C"
     ORDER BY t.tag
     LIMIT 1)
    UNION ALL
    SELECT x.tag, u.n + 1
    FROM used AS u
    CROSS JOIN LATERAL (
        SELECT t.tag
        FROM order_tag AS t
        WHERE t.tag > u.tag
        ORDER BY t.tag
        LIMIT 1
    ) AS x
    WHERE u.n < $2::integer
)
SELECT u.tag, (SELECT count(*) FROM (SELECT FROM order_tag AS o WHERE o.tag = u.tag LIMIT 1000) AS x) AS orders
FROM used AS u
ORDER BY u.tag
