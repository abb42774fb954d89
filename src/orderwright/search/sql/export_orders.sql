-- Orders as a table exports them, newest first; people and addresses beside them.
-- in:    ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, channel_pkey, contact_pkey, order_tag_pkey
SELECT o.id, o.number, h.code AS channel, o.external_id, o.kind, o.status, o.hold_count > 0 AS held, o.priority,
       o.placed_at, o.promised_on, o.currency, o.lines_minor, o.shipping_minor, o.fees_minor, o.discount_minor,
       o.tax_minor, o.total_minor, o.line_count AS lines, o.unit_count AS units, o.customer_id,
       s.country AS ship_to_country, s.region AS ship_to_region,
       (SELECT string_agg(t.tag, ';' ORDER BY t.tag) FROM order_tag AS t WHERE t.order_id = o.id) AS tags,
       b.name AS buyer_name, b.company AS buyer_company, b.email AS buyer_email, b.phone AS buyer_phone,
       s.name AS ship_to_name, s.company AS ship_to_company, s.line1 AS ship_to_line1, s.line2 AS ship_to_line2,
       s.city AS ship_to_city, s.postal_code AS ship_to_postal_code
FROM orders AS o
JOIN channel AS h ON h.id = o.channel_id
LEFT JOIN contact AS b ON b.id = o.buyer_contact_id
LEFT JOIN contact AS s ON s.id = o.ship_to_contact_id
WHERE o.id = ANY ((SELECT $1::uuid[])::uuid[])
ORDER BY o.id DESC
