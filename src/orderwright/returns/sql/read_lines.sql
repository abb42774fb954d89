-- The lines of the returns of orders.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  return_line_order_idx
SELECT l.return_id, l.line_n, l.order_id, l.quantity, l.reason, l.condition, l.restocking_rate, l.credited, l.refused,
       l.claimed, l.lines_minor, l.discounts_minor, l.tax_minor, l.shipping_minor, l.fees_minor
FROM return_line AS l
WHERE l.order_id = ANY ($1::uuid[])
ORDER BY l.return_id, l.line_n
