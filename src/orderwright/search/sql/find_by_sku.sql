-- Orders with a line of this SKU code, understood or not.
-- in:    below uuid (exclusive), from uuid, limit integer, code text
-- locks: nothing
-- uses:  sku_code_key, order_line_sku_idx, order_line_unknown_idx
SELECT DISTINCT f.order_id AS id
FROM (
    (SELECT DISTINCT l.order_id
     FROM order_line AS l
     WHERE l.sku_id = (SELECT s.id FROM sku AS s WHERE s.code = $4::text)
           AND l.order_id < $1::uuid AND l.order_id >= $2::uuid
     ORDER BY l.order_id DESC
     LIMIT $3::integer)
    UNION ALL
    (SELECT DISTINCT l.order_id
     FROM order_line AS l
     WHERE l.sku_id IS NULL AND l.sku_code = $4::text AND l.order_id < $1::uuid AND l.order_id >= $2::uuid
     ORDER BY l.order_id DESC
     LIMIT $3::integer)
) AS f
ORDER BY f.order_id DESC
LIMIT $3::integer
