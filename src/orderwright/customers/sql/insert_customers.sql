-- Make customers; returns those made. The others exist by now.
-- in:    ids uuid[], identity_hashes bytea[] (sorted)
-- locks: identity keys in order; waits for a concurrent transaction that makes the same customer
-- uses:  customer_identity_hash_key
INSERT INTO customer (id, identity_hash)
SELECT k.id, k.identity_hash FROM unnest($1::uuid[], $2::bytea[]) AS k (id, identity_hash)
ORDER BY k.identity_hash
ON CONFLICT DO NOTHING
RETURNING id
