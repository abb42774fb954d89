-- Messages about no order become another customer's.
-- in:    customer_ids uuid[], kept_ids uuid[]
-- locks: the rows; the caller holds the locks of the customers
-- uses:  message_customer_idx
UPDATE message AS m
SET customer_id = d.kept_id
FROM unnest($1::uuid[], $2::uuid[]) AS d (customer_id, kept_id)
WHERE m.customer_id = d.customer_id
