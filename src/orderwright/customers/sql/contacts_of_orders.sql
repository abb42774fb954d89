-- The people and addresses of orders.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  contact_order_idx
SELECT c.id, c.customer_id, c.order_id, c.role, c.name, c.company, c.email, c.phone, c.line1, c.line2, c.city,
       c.region, c.postal_code, c.country, c.latitude, c.longitude
FROM contact AS c
WHERE c.order_id = ANY ($1::uuid[])
ORDER BY c.order_id, c.id
