-- Lock the contacts that hold personal data: those of orders, and customers' own.
-- in:    order_ids uuid[], customer_ids uuid[]
-- locks: contacts (id order), FOR UPDATE
-- uses:  contact_order_idx, contact_customer_idx, contact_pkey
SELECT c.id, c.customer_id, c.order_id, c.role, c.email, c.phone
FROM contact AS c
JOIN (
    SELECT q.id FROM contact AS q WHERE q.order_id = ANY ($1::uuid[])
    UNION ALL
    SELECT p.id FROM contact AS p WHERE p.order_id IS NULL AND p.customer_id = ANY ($2::uuid[])
) AS x ON x.id = c.id
WHERE c.erased_at IS NULL
ORDER BY c.id
FOR UPDATE OF c
