-- Write pools, new ones and changed ones.
-- in:    ids uuid[], versions int[] (the new ones), codes text[], names text[], metadata jsonb[]
-- locks: the rows written, in the order given (the catalogue's lock is held)
-- uses:  pool_pkey, pool_code_key
INSERT INTO pool (id, version, code, name, metadata)
SELECT v.id, v.version, v.code, v.name, v.metadata
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::jsonb[]) AS v (id, version, code, name, metadata)
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, name = excluded.name, metadata = excluded.metadata, updated_at = now()
WHERE pool.version = excluded.version - 1
