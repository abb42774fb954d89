-- Forget sessions 90 days after they ended or expired: addresses and devices of staff are kept no longer.
-- in:    limit integer
-- locks: the rows
-- uses:  session_expires_idx
DELETE FROM session AS s
WHERE s.id IN (
    SELECT o.id FROM session AS o
    WHERE o.expires_at < now() - interval '90 days'
    ORDER BY o.expires_at LIMIT $1::integer FOR UPDATE SKIP LOCKED
)
RETURNING s.id
