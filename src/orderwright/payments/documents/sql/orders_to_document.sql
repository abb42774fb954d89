-- Those of some orders whose channel has documents.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, channel_invoicing_pkey
SELECT o.id
FROM orders AS o
JOIN channel_invoicing AS i ON i.channel_id = o.channel_id
WHERE o.id = ANY ($1::uuid[]) AND (i.invoice_at <> 'never' OR i.receipts)
