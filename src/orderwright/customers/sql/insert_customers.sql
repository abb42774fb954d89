-- Make the customers that are missing. Until the transaction ends, erasures wait for what it may bring of the others.
-- in:    ids uuid[], identity_hashes bytea[] (sorted)
-- locks: the advisory lock of erasures, shared; identity keys in order; waits for a concurrent transaction that makes
--        the same customer
-- uses:  customer_identity_hash_key
INSERT INTO customer (id, identity_hash)
SELECT k.id, k.identity_hash FROM unnest($1::uuid[], $2::bytea[]) AS k (id, identity_hash)
WHERE (SELECT pg_advisory_xact_lock_shared(hashtextextended('orderwright erasure ' || current_schema(), 0)) IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM customer AS c WHERE c.identity_hash = k.identity_hash)
ORDER BY k.identity_hash
ON CONFLICT DO NOTHING
