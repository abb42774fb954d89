-- Unpicked allocations of SKUs at locations by order, those of the latest promise first, until they cover what is lost.
-- in:    sku_ids uuid[], location_ids uuid[] (pairs, distinct), losses int[] (units of each to be covered)
-- locks: nothing: the orders are locked next and read again
-- uses:  allocation_open_idx, orders_pkey
SELECT b.order_id, b.sku_id, b.location_id, b.unpicked::integer AS unpicked
FROM (
    SELECT a.order_id, a.sku_id, a.location_id, o.promised_on, k.loss,
           sum(a.quantity - a.picked - a.packed - a.shipped) AS unpicked,
           sum(sum(a.quantity - a.picked - a.packed - a.shipped)) OVER (
               PARTITION BY a.sku_id, a.location_id ORDER BY o.promised_on DESC NULLS FIRST, a.order_id DESC
           ) AS with_those_before
    FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS k (sku_id, location_id, loss)
    JOIN allocation AS a ON a.sku_id = k.sku_id AND a.location_id = k.location_id
    JOIN orders AS o ON o.id = a.order_id
    WHERE a.picked + a.packed + a.shipped < a.quantity
    GROUP BY a.order_id, a.sku_id, a.location_id, o.promised_on, k.loss
) AS b
WHERE b.with_those_before - b.unpicked < b.loss
ORDER BY b.promised_on DESC NULLS FIRST, b.order_id DESC, b.sku_id, b.location_id
