-- Sourcing decisions that split an order, or found no place for some or all of it, newest first.
-- in:    before timestamptz and before_order uuid (exclusive, both), outcomes text[] (NULL: all of them; `split` among
--        them), page integer
-- locks: nothing
-- uses:  sourcing_decision_poor_idx, orders_pkey
SELECT d.order_id, o.number, o.status, d.n, d.outcome, d.explanation, d.decided_at
FROM sourcing_decision AS d
JOIN orders AS o ON o.id = d.order_id
WHERE (d.outcome <> 'sourced' OR d.explanation ->> 'rule' = 'split')
  AND (d.decided_at, d.order_id) < ($1::timestamptz, $2::uuid)
  AND ($3::text[] IS NULL OR d.outcome = ANY ($3::text[])
       OR ('split' = ANY ($3::text[]) AND d.explanation ->> 'rule' = 'split'))
ORDER BY d.decided_at DESC, d.order_id DESC
LIMIT $4::integer
