-- What moved the accounts of a customer's orders between two moments, what happened at once together.
-- in:    customer_id uuid, from timestamptz, before timestamptz, channel_ids uuid[] (NULL: all), limit int
-- locks: nothing
-- uses:  customer_pkey, orders_customer_idx, money_entry_pkey, payment_pkey
SELECT o.id AS order_id, o.number AS order_number, o.currency, e.kind, e.payment_id, p.method, e.happened_at,
       (array_agg(e.id ORDER BY e.id))[1] AS first_id,
       sum(CASE WHEN e.debit = 'receivable' THEN e.amount_minor ELSE -e.amount_minor END)::bigint AS amount_minor
FROM orders AS o
JOIN money_entry AS e ON e.order_id = o.id AND 'receivable' IN (e.debit, e.credit)
LEFT JOIN payment AS p ON p.id = e.payment_id
WHERE o.customer_id = coalesce((SELECT m.merged_into FROM customer AS m WHERE m.id = $1), $1) AND e.happened_at >= $2 AND e.happened_at < $3
      AND ($4::uuid[] IS NULL OR o.channel_id = ANY ($4::uuid[]))
GROUP BY o.id, o.number, o.currency, e.kind, e.payment_id, p.method, e.happened_at
HAVING sum(CASE WHEN e.debit = 'receivable' THEN e.amount_minor ELSE -e.amount_minor END) <> 0
ORDER BY e.happened_at, first_id
LIMIT $5
