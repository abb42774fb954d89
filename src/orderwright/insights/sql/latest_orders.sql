-- The newest orders.
-- in:    shown int
-- locks: nothing
-- uses:  orders_pkey, channel_pkey
SELECT o.id, o.number, c.name AS channel, o.status, o.hold_count, o.total_minor, o.currency,
       uuid_extract_timestamp(o.id) AS recorded_at
FROM orders AS o
JOIN channel AS c ON c.id = o.channel_id
ORDER BY o.id DESC
LIMIT $1::integer
