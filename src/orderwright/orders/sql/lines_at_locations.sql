-- Lines of orders that name the location they come from.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  order_line_pkey
SELECT l.order_id, l.n FROM order_line AS l WHERE l.order_id = ANY ($1::uuid[]) AND l.location_id IS NOT NULL
