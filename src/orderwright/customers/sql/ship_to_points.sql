-- Where orders go.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  contact_order_idx
SELECT c.order_id, c.latitude, c.longitude, c.country, c.region
FROM contact AS c
WHERE c.order_id = ANY ($1::uuid[]) AND c.role = 'ship_to'
