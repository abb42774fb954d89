-- The dates that orders are promised for.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey
SELECT o.id, o.promised_on FROM orders AS o WHERE o.id = ANY ($1::uuid[])
