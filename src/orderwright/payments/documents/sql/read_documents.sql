-- Documents, with their orders and what they refer to, in the order in which they were issued.
-- in:    document_ids uuid[], channel_ids uuid[] (NULL: all), location_ids uuid[] (NULL: all; of orders with a
--        fulfillment there)
-- locks: nothing
-- uses:  document_pkey, orders_pkey, fulfillment_order_idx
SELECT d.id, d.kind, d.number, d.legal_entity_id, d.legal_entity_version, d.order_id, o.number AS order_number,
       o.placed_at AS order_placed_at, d.n, d.refers_to, r.number AS refers_to_number,
       r.issued_on AS refers_to_issued_on, d.currency, d.net_minor, d.tax_minor, d.gross_minor, d.data,
       d.bill_to_contact_id, d.issued_on, d.issued_at
FROM document AS d
JOIN orders AS o ON o.id = d.order_id
LEFT JOIN document AS r ON r.id = d.refers_to
WHERE d.id = ANY ($1::uuid[])
      AND ($2::uuid[] IS NULL OR o.channel_id = ANY ($2::uuid[]))
      AND ($3::uuid[] IS NULL OR EXISTS (
          SELECT FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($3::uuid[])))
ORDER BY d.order_id, d.n
