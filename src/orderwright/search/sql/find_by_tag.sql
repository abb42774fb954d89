-- Orders with any of these tags: the newest of each, merged.
-- in:    below uuid (exclusive), from uuid, limit integer, tags text[]
-- locks: nothing
-- uses:  order_tag_tag_idx, once a tag
SELECT DISTINCT f.id
FROM unnest((SELECT $4::text[])) AS t (tag)
CROSS JOIN LATERAL (
    SELECT g.order_id AS id
    FROM order_tag AS g
    WHERE g.tag = t.tag AND g.order_id < $1::uuid AND g.order_id >= $2::uuid
    ORDER BY g.order_id DESC
    LIMIT $3::integer
) AS f
ORDER BY f.id DESC
LIMIT $3::integer
