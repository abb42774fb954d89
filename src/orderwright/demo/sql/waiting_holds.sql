-- Holds of the demo's orders that nobody has released since a moment, oldest order first. What people tried themselves
-- or held by hand is theirs; what waits for a payment provider's answer, or for goods to come back, goes on by itself.
-- in:    since timestamptz, limit int
-- locks: nothing: the verbs lock and decide by what they find
-- uses:  orders_held_idx, hold_order_idx
SELECT h.order_id, o.number, h.type, h.detail, h.created_at
FROM orders AS o
JOIN hold AS h ON h.order_id = o.id AND h.released_at IS NULL
WHERE o.hold_count > 0 AND h.created_at <= $1 AND h.type NOT IN ('manual', 'payment_pending', 'awaiting_return')
      AND (o.metadata ->> 'demo_order' IS NOT NULL OR o.parent_id IS NOT NULL)
ORDER BY o.id, h.type
LIMIT $2::integer
