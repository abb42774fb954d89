-- What the accounts of orders stand at: debited less credited.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  money_entry_pkey
SELECT s.order_id, s.account, sum(s.amount)::bigint AS balance_minor
FROM money_entry AS e
CROSS JOIN LATERAL (VALUES (e.order_id, e.debit, e.amount_minor), (e.order_id, e.credit, -e.amount_minor))
     AS s (order_id, account, amount)
WHERE e.order_id = ANY ($1::uuid[])
GROUP BY s.order_id, s.account
ORDER BY s.order_id, s.account
