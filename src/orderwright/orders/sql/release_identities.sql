-- Give back identities claimed in this transaction for orders that were refused after all.
-- in:    channel_ids uuid[], external_ids text[] (pairs)
-- locks: rows of this transaction only
-- uses:  order_identity_pkey
DELETE FROM order_identity AS i
USING unnest($1::uuid[], $2::text[]) AS k (channel_id, external_id)
WHERE i.channel_id = k.channel_id AND i.external_id = k.external_id
