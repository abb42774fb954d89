-- Customers by who they are.
-- in:    identity_hashes bytea[]
-- locks: nothing
-- uses:  customer_identity_hash_key
SELECT c.identity_hash, c.id FROM customer AS c WHERE c.identity_hash = ANY ($1::bytea[])
