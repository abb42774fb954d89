-- Claim (channel, external id) for new orders. What is not returned belongs to an earlier order.
-- in:    channel_ids uuid[], external_ids text[] (sorted, distinct), order_ids uuid[], fingerprints bytea[]
-- locks: identity keys in order; waits for a concurrent transaction that claims the same key
-- uses:  order_identity_pkey
INSERT INTO order_identity (channel_id, external_id, order_id, fingerprint)
SELECT k.channel_id, k.external_id, k.order_id, k.fingerprint
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[]) AS k (channel_id, external_id, order_id, fingerprint)
ON CONFLICT DO NOTHING
RETURNING order_id
