-- Use a recovery code. No row comes back for one that is wrong or was used.
-- in:    person_id uuid, code_hash bytea
-- locks: the code
-- uses:  recovery_code_pkey
UPDATE recovery_code AS c SET used_at = now()
WHERE c.person_id = $1::uuid AND c.code_hash = $2::bytea AND c.used_at IS NULL
RETURNING c.person_id AS id
