-- Lock the contacts of customers that hold personal data: their own, and those of their orders. The orders are asked
-- since an index of order contacts by customer would cost every order that is placed.
-- in:    customer_ids uuid[]
-- locks: contacts (id order), FOR UPDATE
-- uses:  contact_customer_idx, orders_customer_idx, contact_order_idx
SELECT c.id, x.customer_id, c.order_id, c.role, c.email, c.phone
FROM contact AS c
JOIN (
    SELECT p.id, p.customer_id FROM contact AS p WHERE p.order_id IS NULL AND p.customer_id = ANY ($1::uuid[])
    UNION ALL
    SELECT q.id, o.customer_id FROM orders AS o JOIN contact AS q ON q.order_id = o.id
    WHERE o.customer_id = ANY ($1::uuid[])
) AS x ON x.id = c.id
WHERE c.erased_at IS NULL
ORDER BY c.id
FOR UPDATE OF c
