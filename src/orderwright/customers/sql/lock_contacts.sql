-- Lock the contacts of orders, and customers' own, against those who index or erase them.
-- in:    order_ids uuid[], customer_ids uuid[]
-- locks: contacts (id order), FOR NO KEY UPDATE
-- uses:  contact_order_idx, contact_customer_idx, contact_pkey
SELECT c.id
FROM contact AS c
JOIN (
    SELECT q.id FROM contact AS q WHERE q.order_id = ANY ($1::uuid[])
    UNION ALL
    SELECT p.id FROM contact AS p WHERE p.order_id IS NULL AND p.customer_id = ANY ($2::uuid[])
) AS x ON x.id = c.id
ORDER BY c.id
FOR NO KEY UPDATE OF c
