-- Give contacts of customers to those that are kept; returns whose they were.
-- in:    contact_ids uuid[], old_ids uuid[], new_ids uuid[]
-- locks: the contacts (locked already)
-- uses:  contact_pkey
UPDATE contact AS c SET customer_id = d.new_id
FROM unnest($2::uuid[], $3::uuid[]) AS d (old_id, new_id)
WHERE c.id = ANY ($1::uuid[]) AND c.customer_id = d.old_id
RETURNING d.old_id AS id
