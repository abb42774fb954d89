-- Locations that an order is not offered to again.
-- in:    order_id uuid
-- locks: nothing
-- uses:  sourcing_exclusion_pkey, location_pkey
SELECT l.code AS location, x.reason, x.created_at AS since
FROM sourcing_exclusion AS x
JOIN location AS l ON l.id = x.location_id
WHERE x.order_id = $1
ORDER BY x.created_at, l.code
