-- The amounts of orders' lines.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  order_line_pkey
SELECT l.order_id, l.n, l.quantity, l.subtotal_minor, l.discount_minor, l.tax_minor, l.charge_tax_minor,
       l.shipping_minor, l.fees_minor
FROM order_line AS l
WHERE l.order_id = ANY ($1::uuid[])
ORDER BY l.order_id, l.n
