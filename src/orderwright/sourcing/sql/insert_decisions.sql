-- Keep sourcing decisions, each as its order's next. That nobody can bring anything is kept once, not at every attempt.
-- in:    order_ids uuid[], outcomes text[], explanations jsonb[], act_ids uuid[]
-- locks: rows of orders that the caller holds locked, which makes the numbering safe
-- uses:  sourcing_decision_pkey
INSERT INTO sourcing_decision (order_id, n, outcome, explanation, act_id)
SELECT d.order_id, 1 + coalesce(l.n, 0), d.outcome, d.explanation, d.act_id
FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::uuid[]) AS d (order_id, outcome, explanation, act_id)
LEFT JOIN LATERAL (
    SELECT s.n, s.outcome FROM sourcing_decision AS s WHERE s.order_id = d.order_id ORDER BY s.n DESC LIMIT 1
) AS l ON true
WHERE d.outcome <> 'unsourced' OR l.outcome IS DISTINCT FROM 'unsourced'
RETURNING order_id
