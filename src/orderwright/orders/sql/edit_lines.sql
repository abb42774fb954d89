-- The lines of orders with their whole units that are cancelled, and that left or need no goods of ours. Of a kit as
-- many as all of its parts allow.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  order_line_pkey, component_pkey, sku_pkey, location_pkey
SELECT l.order_id, l.n, l.sku_code, l.quantity, l.unit_price_minor, l.delivery, p.code AS location, s.tax_class,
       l.subtotal_minor, l.discount_minor, l.tax_minor, l.charge_tax_minor, l.shipping_minor, l.fees_minor,
       k.cancelled, k.gone
FROM order_line AS l
CROSS JOIN LATERAL (
    SELECT min(c.cancelled / (c.ordered / l.quantity)) AS cancelled,
           max((c.shipped + c.external + (c.ordered / l.quantity) - 1) / (c.ordered / l.quantity)) AS gone
    FROM component AS c
    WHERE c.order_id = l.order_id AND c.line_n = l.n
) AS k
LEFT JOIN sku AS s ON s.id = l.sku_id
LEFT JOIN location AS p ON p.id = l.location_id
WHERE l.order_id = ANY ($1::uuid[])
ORDER BY l.order_id, l.n
