-- Which orders returns are of: neither it nor the place they go to ever changes.
-- in:    return_ids uuid[]
-- locks: nothing
-- uses:  customer_return_pkey
SELECT r.id, r.order_id, r.location_id
FROM customer_return AS r
WHERE r.id = ANY ($1::uuid[])
