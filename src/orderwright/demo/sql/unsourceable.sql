-- The demo's orders with units that no location can bring, waiting to be sourced since a moment, oldest first.
-- What a worker has at the moment counts an attempt; what was asked for in vain counts none.
-- in:    since timestamptz, limit int
-- locks: nothing: the verbs lock and decide by what they find
-- uses:  work_due_idx, orders_pkey, promise_pkey
SELECT o.id AS order_id, o.number
FROM work AS w
JOIN orders AS o ON o.id = w.subject_id
WHERE w.stage = 'source' AND w.due > now() AND w.attempts = 0 AND w.entered_at <= $1 AND o.hold_count = 0
      AND (o.metadata ->> 'demo_order' IS NOT NULL OR o.parent_id IS NOT NULL) AND EXISTS (SELECT 1 FROM promise AS p WHERE p.order_id = o.id)
ORDER BY o.id
LIMIT $2::integer
