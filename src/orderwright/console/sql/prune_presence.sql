-- Forget who looked at what.
-- in:    limit int
-- locks: the rows
-- uses:  presence_pkey
DELETE FROM presence AS p
WHERE (p.order_id, p.person_id) IN (
    SELECT k.order_id, k.person_id FROM presence AS k WHERE k.seen_at < now() - interval '1 day' LIMIT $1)
RETURNING p.order_id
