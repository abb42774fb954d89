-- The money ledger of an order, oldest first.
-- in:    order_id uuid, after uuid (the last entry seen), limit bigint
-- locks: nothing
-- uses:  money_entry_pkey, act_pkey
SELECT e.id, e.kind, e.debit, e.credit, e.amount_minor, e.payment_id, e.request_id, e.happened_at, e.recorded_at,
       a.actor, a.on_behalf_of, a.reason, a.verb
FROM money_entry AS e
JOIN act AS a ON a.id = e.act_id
WHERE e.order_id = $1 AND e.id > $2
ORDER BY e.id
LIMIT $3
