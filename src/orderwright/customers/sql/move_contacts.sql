-- Give the contacts of orders to other customers.
-- in:    order_ids uuid[], customer_ids uuid[]
-- locks: the contacts, which this transaction wrote
-- uses:  contact_order_idx
UPDATE contact AS c SET customer_id = v.customer_id
FROM unnest($1::uuid[], $2::uuid[]) AS v (order_id, customer_id)
WHERE c.order_id = v.order_id AND c.customer_id IS NOT NULL
