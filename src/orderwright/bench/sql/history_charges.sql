-- Taxes and shipping of a made-up history, with each line's share.
-- in:    first bigint, last bigint (the orders' numbers)
-- locks: nothing
-- uses:  orders_number_key, order_line_pkey
INSERT INTO order_charge (order_id, n, kind, code, name, rate, amount_minor, shares_minor)
SELECT o.id, k.n, k.kind, k.code, k.name, k.rate, k.amount_minor, k.shares_minor
FROM orders AS o
CROSS JOIN LATERAL (
    SELECT array_agg(l.tax_minor ORDER BY l.n) AS taxes, array_agg(l.shipping_minor ORDER BY l.n) AS shippings
    FROM order_line AS l
    WHERE l.order_id = o.id
) AS l
CROSS JOIN LATERAL (
    VALUES (1, 'tax', NULL, 'Sales tax', 0.08, o.tax_minor, l.taxes),
           (2, 'shipping', 'standard', 'Standard shipping', NULL, o.shipping_minor, l.shippings)
) AS k (n, kind, code, name, rate, amount_minor, shares_minor)
WHERE (k.n = 1 OR o.shipping_minor > 0) AND o.number BETWEEN $1::bigint AND $2::bigint
