-- What was captured (above 0) and refunded (below 0) of payments, oldest first, and whether a pay-out has it already.
-- in:    payment_ids uuid[], order_ids uuid[] (theirs)
-- locks: nothing
-- uses:  money_entry_pkey, payout_line_entry_idx
SELECT e.payment_id, e.id AS entry_id, CASE WHEN e.debit = 'captured' THEN e.amount_minor ELSE -e.amount_minor END
       AS amount_minor, EXISTS (SELECT 1 FROM payout_line AS l WHERE l.entry_id = e.id) AS taken
FROM money_entry AS e
WHERE e.order_id = ANY ($2::uuid[]) AND e.payment_id = ANY ($1::uuid[])
      AND (e.debit = 'captured' OR e.credit = 'captured')
ORDER BY e.id
