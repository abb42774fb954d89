-- Who writes a customer's statement, and to whom: the company that invoices their newest order, and its contact.
-- in:    customer_id uuid, channel_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  customer_pkey, orders_customer_idx, channel_invoicing_pkey, legal_entity_pkey, contact_pkey
SELECT e.code, coalesce(o.bill_to_contact_id, o.ship_to_contact_id, o.buyer_contact_id) AS contact_id
FROM orders AS o
JOIN channel_invoicing AS i ON i.channel_id = o.channel_id
JOIN legal_entity AS e ON e.id = i.legal_entity_id
WHERE o.customer_id = coalesce((SELECT m.merged_into FROM customer AS m WHERE m.id = $1), $1) AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
ORDER BY o.id DESC
LIMIT 1
