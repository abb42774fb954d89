-- What was given for returns and is not taken back: of the money of orders, and as a bonus on top.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  credit_entry_order_idx
SELECT e.subject_id, coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refunded'), 0)::bigint AS amount_minor,
       coalesce(sum(e.amount_minor) FILTER (WHERE e.kind <> 'refunded'), 0)::bigint AS bonus_minor
FROM credit_entry AS e
WHERE e.order_id = ANY ($1::uuid[]) AND e.kind IN ('refunded', 'issued', 'adjusted') AND e.subject_id IS NOT NULL
GROUP BY e.subject_id
