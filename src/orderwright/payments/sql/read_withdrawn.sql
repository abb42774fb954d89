-- What was given back of orders' delivery with units that consumers withdrew from before they left.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  money_entry_pkey
SELECT e.order_id,
       sum(CASE 'shipping' WHEN e.debit THEN e.amount_minor WHEN e.credit THEN -e.amount_minor ELSE 0 END)::bigint
           AS shipping_minor,
       sum(CASE 'tax' WHEN e.debit THEN e.amount_minor WHEN e.credit THEN -e.amount_minor ELSE 0 END)::bigint
           AS tax_minor
FROM money_entry AS e
WHERE e.order_id = ANY ($1::uuid[]) AND e.kind = 'withdrawal'
GROUP BY e.order_id
ORDER BY e.order_id
