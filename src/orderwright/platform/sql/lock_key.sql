-- What became of the command with an Idempotency-Key.
-- in:    key text (with its caller)
-- locks: the idempotency row, FOR UPDATE
-- uses:  idempotency_pkey
SELECT i.request_hash, i.status_code, i.answer FROM idempotency AS i WHERE i.key = $1 ORDER BY i.key FOR UPDATE
