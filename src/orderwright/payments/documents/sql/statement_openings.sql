-- What the accounts of a customer's orders stood at before a moment, those at zero left out.
-- in:    customer_id uuid, from timestamptz, channel_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  customer_pkey, orders_customer_idx, money_entry_pkey
SELECT o.id AS order_id, o.number AS order_number, o.currency,
       sum(CASE WHEN e.debit = 'receivable' THEN e.amount_minor ELSE -e.amount_minor END)::bigint AS balance_minor
FROM orders AS o
JOIN money_entry AS e ON e.order_id = o.id AND 'receivable' IN (e.debit, e.credit)
WHERE o.customer_id = coalesce((SELECT m.merged_into FROM customer AS m WHERE m.id = $1), $1) AND e.happened_at < $2 AND ($3::uuid[] IS NULL OR o.channel_id = ANY ($3::uuid[]))
GROUP BY o.id, o.number, o.currency
HAVING sum(CASE WHEN e.debit = 'receivable' THEN e.amount_minor ELSE -e.amount_minor END) <> 0
ORDER BY o.id
