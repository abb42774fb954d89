-- Pools in full, by code or by id.
-- in:    codes text[], ids uuid[]
-- locks: nothing
-- uses:  pool_code_key, pool_pkey
SELECT p.id, p.version, p.created_at, p.updated_at, p.code, p.name, p.metadata
FROM pool p
WHERE p.code = ANY ($1::text[]) OR p.id = ANY ($2::uuid[])
ORDER BY p.code
