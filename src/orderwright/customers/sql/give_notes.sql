-- Give notes of customers to those that are kept; returns whose they were.
-- in:    old_ids uuid[], new_ids uuid[]
-- locks: the notes; the caller holds the customers' locks
-- uses:  customer_note_customer_idx
UPDATE customer_note AS n SET customer_id = d.new_id
FROM unnest($1::uuid[], $2::uuid[]) AS d (old_id, new_id)
WHERE n.customer_id = d.old_id
RETURNING d.old_id AS id
