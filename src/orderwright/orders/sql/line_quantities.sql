-- Ordered units of orders' lines.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  order_line_pkey
SELECT l.order_id, l.n, l.quantity FROM order_line AS l WHERE l.order_id = ANY ($1::uuid[])
