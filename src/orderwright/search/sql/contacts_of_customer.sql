-- What is known of a customer: contacts of some orders, and the customer's own, each said once, as it was said last.
-- in:    customer_id uuid, order_ids uuid[]
-- locks: nothing
-- uses:  contact_order_idx, contact_pkey (and that of customers' own entries, once there are many)
SELECT c.role, c.name, c.company, c.email, c.phone, c.line1, c.line2, c.city, c.region, c.postal_code, c.country,
       (array_agg(c.order_id ORDER BY c.id DESC))[1] AS order_id, max(c.created_at) AS said_at
FROM (
    SELECT q.id FROM contact AS q WHERE q.order_id = ANY ($2::uuid[])
    UNION ALL
    SELECT p.id FROM contact AS p WHERE p.order_id IS NULL AND p.customer_id = $1
) AS x
JOIN contact AS c ON c.id = x.id
WHERE c.erased_at IS NULL
GROUP BY c.role, c.name, c.company, c.email, c.phone, c.line1, c.line2, c.city, c.region, c.postal_code, c.country
ORDER BY max(c.created_at) DESC, c.role
