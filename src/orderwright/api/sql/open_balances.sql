-- Orders whose balance people must look at, the longest first.
-- in:    since timestamptz, order_id uuid (the last seen), channel_ids uuid[] (NULL: all), limit bigint
-- locks: nothing
-- uses:  open_balance_since_idx, orders_pkey, money_entry_pkey
SELECT b.order_id, o.number, b.since, b.due_on, b.why, o.currency,
       (SELECT coalesce(sum(e.amount_minor) FILTER (WHERE e.debit = 'receivable'), 0)::bigint
               - coalesce(sum(e.amount_minor) FILTER (WHERE e.credit = 'receivable'), 0)::bigint
        FROM money_entry AS e
        WHERE e.order_id = b.order_id) AS balance_minor
FROM open_balance AS b
JOIN orders AS o ON o.id = b.order_id
WHERE (b.since, b.order_id) > ($1, $2) AND ($3::uuid[] IS NULL OR o.channel_id = ANY ($3::uuid[]))
ORDER BY b.since, b.order_id
LIMIT $4
