-- The people and companies of orders, held against erasure until the transaction ends.
-- in:    order_ids uuid[]
-- locks: contacts (id order), FOR SHARE
-- uses:  contact_order_idx
SELECT c.id, c.order_id, c.name, c.company
FROM contact AS c
WHERE c.order_id = ANY ($1::uuid[]) AND c.erased_at IS NULL AND (c.name IS NOT NULL OR c.company IS NOT NULL)
ORDER BY c.id
FOR SHARE
