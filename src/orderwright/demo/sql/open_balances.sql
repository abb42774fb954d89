-- The balances of the demo's orders that people must look at since a moment, the longest listed first, with the payments
-- of each. `due_minor`: what the customer owes, negative where we do.
-- in:    since timestamptz, limit int (orders)
-- locks: nothing: the verbs lock and decide by what they find
-- uses:  open_balance_since_idx, orders_pkey, money_entry_pkey, payment_order_idx
SELECT o.order_id, o.number, o.currency, o.why, o.since, e.due_minor, p.id AS payment_id,
       p.reference IS NOT NULL AS known, p.refused_code IS NOT NULL AS refused,
       p.amount_minor > p.authorized_minor
       OR p.authorized_minor > p.captured_minor + p.capturing_minor + p.released_minor AS awaited,
       p.captured_minor - p.refunded_minor - p.refunding_minor AS refundable_minor
FROM (SELECT b.order_id, n.number, n.currency, b.why, b.since
      FROM open_balance AS b
      JOIN orders AS n ON n.id = b.order_id
      WHERE b.since <= $1 AND (n.metadata ->> 'demo_order' IS NOT NULL OR n.parent_id IS NOT NULL)
      ORDER BY b.since, b.order_id
      LIMIT $2::integer) AS o
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE WHEN m.debit = 'receivable' THEN m.amount_minor ELSE -m.amount_minor END), 0)::bigint
           AS due_minor
    FROM money_entry AS m
    WHERE m.order_id = o.order_id AND 'receivable' IN (m.debit, m.credit)
) AS e
LEFT JOIN payment AS p ON p.order_id = o.order_id
ORDER BY o.since, o.order_id, p.n
