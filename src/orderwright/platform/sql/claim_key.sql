-- Claim an Idempotency-Key; no row when it is taken.
-- in:    key text (with its caller), request_hash bytea
-- locks: the identity key; waits for a concurrent transaction that claims the same one
-- uses:  idempotency_pkey
INSERT INTO idempotency (key, request_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING key
