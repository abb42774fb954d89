-- A pay-out with what its lines come to.
-- in:    payout_id uuid
-- locks: nothing
-- uses:  payout_pkey, payout_line_pkey
SELECT p.id, p.provider, p.reference, p.currency, p.paid_on, p.total_minor, p.created_at, l.lines, l.fees_minor, l.matched,
       l.differences
FROM payout AS p
CROSS JOIN LATERAL (
    SELECT count(*) AS lines, coalesce(sum(n.fee_minor), 0)::bigint AS fees_minor,
           count(*) FILTER (WHERE n.code = 'matched') AS matched,
           count(*) FILTER (WHERE n.code <> 'matched') AS differences
    FROM payout_line AS n
    WHERE n.payout_id = p.id
) AS l
WHERE p.id = $1
