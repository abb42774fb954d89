-- Pay-outs, the latest imported first, with what their lines come to.
-- in:    after uuid (the last seen), provider text (NULL: all), limit bigint
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
WHERE p.id < $1 AND ($2::text IS NULL OR p.provider = $2)
ORDER BY p.id DESC
LIMIT $3
