-- Delete what nobody has tried for a day, of which nothing is waited for either.
-- in:    limit integer
-- locks: guess, the rows deleted
-- uses:  guess_tried_at_idx
DELETE FROM guess AS g
WHERE g.box IN (
    SELECT o.box FROM guess AS o WHERE o.tried_at < now() - interval '1 day' ORDER BY o.tried_at LIMIT $1::integer
)
RETURNING g.box
