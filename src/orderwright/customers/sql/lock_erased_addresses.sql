-- Which orders' addresses were erased; no other is erased until the caller's transaction ends.
-- in:    order_ids uuid[]
-- locks: contacts (id order), FOR SHARE; the caller holds the orders' locks
-- uses:  contact_order_idx
SELECT c.order_id AS id, c.erased_at IS NOT NULL AS erased
FROM contact AS c
WHERE c.order_id = ANY ($1::uuid[]) AND c.role = 'ship_to'
ORDER BY c.id
FOR SHARE OF c
