-- What an order passes on to its children: an exchange's or a claim's new goods.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  orders_pkey, channel_pkey
SELECT o.id AS order_id, o.channel_id, c.code AS channel, o.customer_id, o.currency, o.prices_include_tax,
       o.buyer_contact_id, o.ship_to_contact_id, o.bill_to_contact_id, o.priority
FROM orders AS o
JOIN channel AS c ON c.id = o.channel_id
WHERE o.id = ANY ($1::uuid[])
