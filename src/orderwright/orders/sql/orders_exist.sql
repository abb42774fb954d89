-- Which of these orders exist.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey
SELECT o.id FROM orders AS o WHERE o.id = ANY ($1::uuid[])
