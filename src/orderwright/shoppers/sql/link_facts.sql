-- What a link to an order depends on: its channel, the version of its links, and for when it was promised.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, order_link_pkey
SELECT o.id, o.channel_id, coalesce(l.version, 1) AS version, o.promised_on
FROM orders AS o
LEFT JOIN order_link AS l ON l.order_id = o.id
WHERE o.id = ANY ($1::uuid[])
