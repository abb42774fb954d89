-- What of the money of orders went into store credit, by what it was for.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  credit_entry_order_idx
SELECT e.subject_id, sum(e.amount_minor)::bigint AS amount_minor
FROM credit_entry AS e
WHERE e.order_id = ANY ($1::uuid[]) AND e.kind = 'refunded' AND e.subject_id IS NOT NULL
GROUP BY e.subject_id
