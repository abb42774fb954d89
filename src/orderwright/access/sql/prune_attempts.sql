-- Forget wrong attempts that count no longer. Returns how each was known.
-- in:    forgotten_s integer, limit integer
-- locks: the rows
-- uses:  sign_in_failure_last_idx
DELETE FROM sign_in_failure AS a
WHERE a.subject IN (
    SELECT o.subject FROM sign_in_failure AS o
    WHERE o.last_at < now() - make_interval(secs => $1::integer)
    ORDER BY o.last_at LIMIT $2::integer FOR UPDATE SKIP LOCKED
)
RETURNING a.subject
