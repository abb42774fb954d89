-- Keep recovery codes.
-- in:    person_id uuid, code_hashes bytea[]
-- locks: nothing
-- uses:  recovery_code_pkey
INSERT INTO recovery_code (person_id, code_hash)
SELECT $1::uuid, n.code_hash FROM unnest($2::bytea[]) AS n (code_hash)
