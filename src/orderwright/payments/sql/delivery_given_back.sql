-- Orders of which some of the delivery was given back: with units that came back, were claimed, or withdrawn from.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  money_entry_pkey
SELECT e.order_id AS id
FROM money_entry AS e
WHERE e.order_id = ANY ($1::uuid[]) AND e.kind IN ('return', 'claim', 'withdrawal') AND 'shipping' IN (e.debit, e.credit)
GROUP BY e.order_id
HAVING sum(CASE e.debit WHEN 'shipping' THEN e.amount_minor ELSE -e.amount_minor END) <> 0
