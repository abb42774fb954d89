-- Forget wrong attempts that count no longer, a day after the last. Returns how each was known.
-- in:    limit integer
-- locks: the rows
-- uses:  sign_in_failure_last_idx
DELETE FROM sign_in_failure AS a
WHERE a.subject IN (
    SELECT o.subject FROM sign_in_failure AS o
    WHERE o.last_at < now() - interval '1 day'
    ORDER BY o.last_at LIMIT $1::integer FOR UPDATE SKIP LOCKED
)
RETURNING a.subject
