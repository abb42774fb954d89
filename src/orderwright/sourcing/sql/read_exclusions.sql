-- The locations that orders are not offered to.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  sourcing_exclusion_pkey
SELECT e.order_id, e.location_id FROM sourcing_exclusion AS e WHERE e.order_id = ANY ($1::uuid[])
