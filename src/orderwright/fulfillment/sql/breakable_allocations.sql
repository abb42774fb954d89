-- Unpicked allocations of SKUs at locations by order, those of the latest promise first: what a loss breaks.
-- in:    sku_ids uuid[], location_ids uuid[] (pairs)
-- locks: nothing: the orders are locked next and read again
-- uses:  allocation_open_idx, orders_pkey
SELECT a.order_id, sum(a.quantity - a.picked - a.packed - a.shipped)::integer AS unpicked
FROM unnest($1::uuid[], $2::uuid[]) AS k (sku_id, location_id)
JOIN allocation AS a ON a.sku_id = k.sku_id AND a.location_id = k.location_id
JOIN orders AS o ON o.id = a.order_id
WHERE a.picked + a.packed + a.shipped < a.quantity
GROUP BY a.order_id, o.promised_on
ORDER BY o.promised_on DESC NULLS FIRST, a.order_id DESC
