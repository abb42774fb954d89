-- Give the orders of customers to others; returns whose they were.
-- in:    old_ids uuid[], new_ids uuid[]
-- locks: the orders (locked already, but for those that came since)
-- uses:  orders_customer_idx
UPDATE orders AS o SET customer_id = d.new_id
FROM unnest($1::uuid[], $2::uuid[]) AS d (old_id, new_id)
WHERE o.customer_id = d.old_id
RETURNING o.id, d.old_id AS owner
