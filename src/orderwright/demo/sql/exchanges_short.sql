-- New orders of exchanges that ended since a moment, and that still wait for what did not come back.
-- in:    since timestamptz, limit int
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  hold_open_idx, exchange_new_order_id_key, orders_pkey
SELECT x.new_order_id AS order_id, n.number, x.entered_at
FROM hold AS h
JOIN exchange AS x ON x.new_order_id = h.order_id
JOIN orders AS n ON n.id = x.new_order_id
WHERE h.type = 'awaiting_return' AND h.released_at IS NULL AND x.state <> 'open' AND x.entered_at <= $1
ORDER BY x.entered_at, x.id
LIMIT $2::integer
