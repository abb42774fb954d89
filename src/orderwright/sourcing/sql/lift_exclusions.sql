-- Offer orders to the locations that their lines name again: somebody looked at it.
-- in:    order_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  sourcing_exclusion_pkey, order_line_pkey
DELETE FROM sourcing_exclusion AS e
USING order_line AS l
WHERE e.order_id = ANY ($1::uuid[]) AND l.order_id = e.order_id AND l.location_id = e.location_id
