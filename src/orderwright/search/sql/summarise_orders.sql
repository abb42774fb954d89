-- Orders as a list shows them, newest first.
-- in:    ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, channel_pkey, contact_pkey
SELECT o.id, o.number, o.status, o.hold_count, h.code AS channel, o.external_id, coalesce(b.name, b.company) AS customer,
       coalesce(s.city, b.city) AS city, coalesce(s.region, b.region) AS region, coalesce(s.country, b.country) AS country,
       o.line_count AS lines, o.unit_count AS units, o.total_minor, o.currency, o.placed_at, o.promised_on
FROM orders AS o
JOIN channel AS h ON h.id = o.channel_id
LEFT JOIN contact AS b ON b.id = o.buyer_contact_id
-- Most often the same person, whom to look up again would cost as much as the order.
LEFT JOIN contact AS s ON s.id = nullif(o.ship_to_contact_id, o.buyer_contact_id)
WHERE o.id = ANY ((SELECT $1::uuid[])::uuid[])
ORDER BY o.id DESC
