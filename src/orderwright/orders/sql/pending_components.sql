-- Units of orders that are not resolved: unknown SKUs, and what a paid order asked for beyond the stock. `held`: an
-- open hold names the line.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  component_pkey, order_line_pkey, orders_pkey, hold_order_idx
SELECT c.order_id, c.line_n, c.n AS component_n, c.sku_id, l.sku_code, c.ordered, c.cancelled, c.pending, l.delivery,
       l.location_id, o.priority, o.placed_at, o.channel_id,
       EXISTS (SELECT 1 FROM hold AS h
               WHERE h.order_id = c.order_id AND h.released_at IS NULL AND h.detail -> 'lines' @> to_jsonb(c.line_n)) AS held
FROM component AS c
JOIN order_line AS l ON l.order_id = c.order_id AND l.n = c.line_n
JOIN orders AS o ON o.id = c.order_id
WHERE c.order_id = ANY ($1::uuid[]) AND c.pending > 0
ORDER BY c.order_id, c.line_n, c.n
