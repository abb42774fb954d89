-- Remove old Idempotency-Keys.
-- in:    limit int
-- locks: idempotency rows that nobody asks for any more
-- uses:  idempotency_created_at_idx, idempotency_pkey
DELETE FROM idempotency AS i
WHERE i.key = ANY (ARRAY(
    SELECT k.key FROM idempotency AS k WHERE k.created_at < now() - interval '30 days' LIMIT $1))
RETURNING i.key
