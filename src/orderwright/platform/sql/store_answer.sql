-- Keep the answer of a command beside its Idempotency-Key.
-- in:    key text (with its caller), status_code int, answer bytea
-- locks: none that the caller does not hold
-- uses:  idempotency_pkey
UPDATE idempotency AS i SET status_code = $2, answer = $3 WHERE i.key = $1
