-- Make customers nobody: an identity that no e-mail, phone or reference leads to, and nothing else about them.
-- in:    ids uuid[], identity_hashes bytea[] (random)
-- locks: the customers (locked already)
-- uses:  customer_pkey, customer_identity_hash_key
UPDATE customer AS c SET
    identity_hash = v.identity_hash, external_refs = '{}', metadata = '{}', version = c.version + 1, erased_at = now()
FROM unnest($1::uuid[], $2::bytea[]) AS v (id, identity_hash)
WHERE c.id = v.id
