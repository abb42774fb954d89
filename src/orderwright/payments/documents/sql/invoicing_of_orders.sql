-- How orders are invoiced: by the company that issued their first document, else by that of their channel, as it is now.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  orders_pkey, channel_pkey, channel_invoicing_pkey, document_order_id_n_key, legal_entity_pkey,
--        legal_entity_version_pkey, contact_pkey
SELECT o.id AS order_id, o.currency, o.prices_include_tax, i.invoice_at, i.receipts, c.kind AS channel_kind,
       v.legal_entity_id, v.version AS legal_entity_version, v.country, v.time_zone, v.invoice_numbers,
       v.credit_note_numbers, v.receipt_numbers, b.id AS bill_to_contact_id, b.country AS bill_to_country
FROM orders AS o
JOIN channel AS c ON c.id = o.channel_id
JOIN channel_invoicing AS i ON i.channel_id = o.channel_id
LEFT JOIN document AS d ON d.order_id = o.id AND d.n = 1
JOIN legal_entity AS e ON e.id = coalesce(d.legal_entity_id, i.legal_entity_id)
JOIN legal_entity_version AS v ON v.legal_entity_id = e.id AND v.version = e.version
LEFT JOIN contact AS b ON b.id = coalesce(o.bill_to_contact_id, o.ship_to_contact_id, o.buyer_contact_id)
WHERE o.id = ANY ($1::uuid[]) AND (i.invoice_at <> 'never' OR i.receipts)
ORDER BY o.id
