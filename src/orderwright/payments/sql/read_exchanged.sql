-- What goods that came back brought to the new orders of exchanges, and what was given back of it, by request.
-- in:    order_ids uuid[] (that the goods are of), exchange_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  money_entry_pkey
SELECT x.id AS exchange_id, e.request_id, sum(e.amount_minor)::bigint AS amount_minor
FROM unnest($1::uuid[], $2::uuid[]) AS x (order_id, id)
JOIN money_entry AS e ON e.order_id = x.order_id AND e.subject_id = x.id AND e.kind IN ('exchange', 'exchange_back')
GROUP BY x.id, e.request_id
