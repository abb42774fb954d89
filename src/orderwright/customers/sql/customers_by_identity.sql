-- Customers by who they are; of one that was merged, the one that was kept.
-- in:    identity_hashes bytea[]
-- locks: nothing
-- uses:  customer_identity_hash_key
SELECT c.identity_hash, coalesce(c.merged_into, c.id) AS id FROM customer AS c WHERE c.identity_hash = ANY ($1::bytea[])
