-- Write companies, new ones and new versions of others.
-- in:    ids uuid[], codes text[], versions int[]
-- locks: the rows written, in the order given (the lock of companies is held)
-- uses:  legal_entity_pkey, legal_entity_code_key
INSERT INTO legal_entity (id, code, version)
SELECT v.id, v.code, v.version
FROM unnest($1::uuid[], $2::text[], $3::integer[]) AS v (id, code, version)
ON CONFLICT (id) DO UPDATE SET version = excluded.version
