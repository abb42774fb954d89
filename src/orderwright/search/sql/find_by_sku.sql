-- Orders with a line of this SKU code, understood or not, or of a kit that it is part of: now, and in the order's copy.
-- in:    below uuid (exclusive), from uuid, limit integer, code text
-- locks: nothing
-- uses:  sku_code_key, order_line_sku_idx, order_line_unknown_idx, kit_component_sku_idx, component_pkey
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
    UNION ALL
    SELECT i.order_id
    FROM kit_component AS k
    CROSS JOIN LATERAL (
        SELECT DISTINCT l.order_id
        FROM order_line AS l
        WHERE l.sku_id = k.kit_sku_id AND l.order_id < $1::uuid AND l.order_id >= $2::uuid
              AND EXISTS (SELECT FROM component AS c
                          WHERE c.order_id = l.order_id AND c.line_n = l.n AND c.sku_id = k.component_sku_id)
        ORDER BY l.order_id DESC
        LIMIT $3::integer
    ) AS i
    WHERE k.component_sku_id = (SELECT s.id FROM sku AS s WHERE s.code = $4::text)
) AS f
ORDER BY f.order_id DESC
LIMIT $3::integer
