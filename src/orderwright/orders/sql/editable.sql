-- What an edit needs to know of orders.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  orders_pkey, channel_pkey
SELECT o.id AS order_id, c.code AS channel, o.external_id, o.kind, o.revision, o.currency, o.prices_include_tax,
       o.placed_at, o.rounding_minor, o.customer_id, o.ship_to_contact_id,
       coalesce(o.ship_to_contact_id, o.bill_to_contact_id, o.buyer_contact_id) AS tax_contact_id
FROM orders AS o
JOIN channel AS c ON c.id = o.channel_id
WHERE o.id = ANY ($1::uuid[])
