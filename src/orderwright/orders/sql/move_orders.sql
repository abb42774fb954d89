-- Give orders to other customers.
-- in:    order_ids uuid[], customer_ids uuid[]
-- locks: the orders, which this transaction wrote
-- uses:  orders_pkey
UPDATE orders AS o SET customer_id = v.customer_id
FROM unnest($1::uuid[], $2::uuid[]) AS v (order_id, customer_id)
WHERE o.id = v.order_id
