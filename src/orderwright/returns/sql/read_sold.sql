-- Components of orders that are goods, with what the terms of returns ask about them: the category and the final sale of
-- the line's SKU, when the last of it left and arrived, and the location that sent it.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  component_pkey, order_line_pkey, sku_pkey, fulfillment_order_idx, allocation_pkey
SELECT c.order_id, c.line_n, c.n AS component_n, c.sku_id, c.ordered / l.quantity AS each, c.shipped, c.delivered,
       s.attributes ->> 'category' AS category, coalesce(s.attributes -> 'final_sale' = 'true', false) AS final_sale,
       w.shipped_at, w.delivered_at, w.location_id
FROM component AS c
JOIN order_line AS l ON l.order_id = c.order_id AND l.n = c.line_n
LEFT JOIN sku AS s ON s.id = l.sku_id
LEFT JOIN LATERAL (
    SELECT max(coalesce(f.shipped_at, f.delivered_at)) AS shipped_at, max(f.delivered_at) AS delivered_at,
           (array_agg(f.location_id ORDER BY f.id))[1] AS location_id
    FROM fulfillment AS f
    JOIN allocation AS a ON a.fulfillment_id = f.id
    WHERE f.order_id = c.order_id AND a.line_n = c.line_n AND a.component_n = c.n AND a.shipped > 0
) AS w ON true
WHERE c.order_id = ANY ($1::uuid[]) AND c.sku_id IS NOT NULL AND c.external < c.ordered
ORDER BY c.order_id, c.line_n, c.n
