-- Promise orders for a date, where none or an earlier one was promised.
-- in:    order_ids uuid[], dates date[], zones text[]
-- locks: rows of orders that the caller holds locked or has made
-- uses:  orders_pkey
UPDATE orders AS o
SET promised_on = d.promised_on, promise_zone = d.promise_zone
FROM unnest($1::uuid[], $2::date[], $3::text[]) AS d (order_id, promised_on, promise_zone)
WHERE o.id = d.order_id AND (o.promised_on IS NULL OR o.promised_on < d.promised_on)
