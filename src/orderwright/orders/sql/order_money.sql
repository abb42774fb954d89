-- The amounts of orders, beyond those of their lines.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  orders_pkey
SELECT o.id AS order_id, o.currency, o.prices_include_tax, o.shipping_minor, o.fees_minor, o.rounding_minor
FROM orders AS o
WHERE o.id = ANY ($1::uuid[])
