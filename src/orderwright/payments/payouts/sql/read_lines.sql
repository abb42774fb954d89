-- Lines of a pay-out, in its order.
-- in:    payout_id uuid, after int (the last seen), only differences boolean, limit bigint
-- locks: nothing
-- uses:  payout_line_pkey
SELECT l.n, l.kind, l.reference, l.amount_minor, l.fee_minor, l.code, l.payment_id, l.order_id, l.ours_minor
FROM payout_line AS l
WHERE l.payout_id = $1 AND l.n > $2 AND (NOT $3 OR l.code <> 'matched')
ORDER BY l.n
LIMIT $4
