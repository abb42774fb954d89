-- How many returns are on their way to locations, or will be.
-- in:    location_ids uuid[]
-- locks: nothing
-- uses:  customer_return_waiting_idx
SELECT r.location_id, count(*)::integer AS returns
FROM customer_return AS r
WHERE r.location_id = ANY ($1::uuid[]) AND r.state IN ('requested', 'in_transit')
GROUP BY r.location_id
