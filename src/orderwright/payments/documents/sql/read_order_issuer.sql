-- Who writes to the customer of an order, and to whom: the company that invoices its channel, if one does, and its
-- contact.
-- in:    order_id uuid
-- locks: nothing
-- uses:  orders_pkey, channel_invoicing_pkey, legal_entity_pkey
SELECT e.code, coalesce(o.buyer_contact_id, o.bill_to_contact_id, o.ship_to_contact_id) AS contact_id
FROM orders AS o
LEFT JOIN channel_invoicing AS i ON i.channel_id = o.channel_id
LEFT JOIN legal_entity AS e ON e.id = i.legal_entity_id
WHERE o.id = $1
