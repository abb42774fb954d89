-- Promise orders for a later date than they were promised for; the time zone stays.
-- in:    order_ids uuid[], dates date[]
-- locks: none that the caller does not hold
-- uses:  orders_pkey
UPDATE orders AS o
SET promised_on = d.promised_on
FROM unnest($1::uuid[], $2::date[]) AS d (order_id, promised_on)
WHERE o.id = d.order_id AND (o.promised_on IS NULL OR o.promised_on < d.promised_on)
