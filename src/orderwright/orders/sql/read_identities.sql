-- The orders that hold these identities, for answering a replay.
-- in:    channel_ids uuid[], external_ids text[] (pairs)
-- locks: nothing
-- uses:  order_identity_pkey, orders_pkey
SELECT i.channel_id, i.external_id, i.order_id, i.fingerprint, o.number, o.status
FROM unnest($1::uuid[], $2::text[]) AS k (channel_id, external_id)
JOIN order_identity AS i ON i.channel_id = k.channel_id AND i.external_id = k.external_id
JOIN orders AS o ON o.id = i.order_id
