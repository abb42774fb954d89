-- What was captured (above 0) and refunded (below 0) with us and is in no pay-out of a provider that sends them, oldest
-- first.
-- in:    after uuid (the last seen, or a moment), before uuid (a moment), provider text (NULL: all), limit bigint
-- locks: nothing
-- uses:  money_entry_moved_idx, payout_line_entry_idx, payment_pkey, payout_provider_reference_key, orders_pkey
SELECT e.id, e.order_id, p.id AS payment_id, p.provider, p.reference, o.currency,
       CASE WHEN e.debit = 'captured' THEN e.amount_minor ELSE -e.amount_minor END AS amount_minor, e.happened_at
FROM money_entry AS e
JOIN payment AS p ON p.id = e.payment_id
JOIN orders AS o ON o.id = e.order_id
WHERE (e.debit = 'captured' OR e.credit = 'captured') AND e.id > $1 AND e.id < $2
      AND p.reference IS NOT NULL AND ($3::text IS NULL OR p.provider = $3)
      AND EXISTS (SELECT 1 FROM payout AS y WHERE y.provider = p.provider)
      AND NOT EXISTS (SELECT 1 FROM payout_line AS l WHERE l.entry_id = e.id)
ORDER BY e.id
LIMIT $4
