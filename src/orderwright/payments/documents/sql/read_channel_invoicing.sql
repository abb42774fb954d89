-- How channels are invoiced; those that nobody invoices for have no id.
-- in:    codes text[] (NULL: all that are invoiced), channel_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  channel_code_key, channel_invoicing_pkey, legal_entity_pkey
SELECT c.id AS channel_id, c.code AS channel, i.id, e.code AS legal_entity, i.invoice_at, i.receipts, i.version
FROM channel AS c
LEFT JOIN channel_invoicing AS i ON i.channel_id = c.id
LEFT JOIN legal_entity AS e ON e.id = i.legal_entity_id
WHERE (c.code = ANY ($1::text[]) OR ($1::text[] IS NULL AND i.id IS NOT NULL))
      AND ($2::uuid[] IS NULL OR c.id = ANY ($2::uuid[]))
ORDER BY c.code
