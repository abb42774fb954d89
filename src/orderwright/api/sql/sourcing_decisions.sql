-- Where an order ships from and why, as it was decided, in order.
-- in:    order_id uuid, after int (exclusive), limit int
-- locks: nothing
-- uses:  sourcing_decision_pkey, act_pkey
SELECT d.n, d.outcome, d.explanation, d.decided_at, a.actor, a.on_behalf_of, a.reason, a.request_id
FROM sourcing_decision AS d
JOIN act AS a ON a.id = d.act_id
WHERE d.order_id = $1 AND d.n > $2
ORDER BY d.n
LIMIT $3
