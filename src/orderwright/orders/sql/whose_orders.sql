-- Whose orders these are, and what they are known by in their channel.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, channel_pkey
SELECT o.id, o.customer_id, o.channel_id, h.code AS channel, o.external_id
FROM orders AS o
LEFT JOIN channel AS h ON h.id = o.channel_id
WHERE o.id = ANY ($1::uuid[])
ORDER BY o.id
