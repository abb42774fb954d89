-- Do not offer orders to these locations for a while; one that says so again begins anew.
-- in:    order_ids uuid[], location_ids uuid[], reasons text[] (distinct pairs)
-- locks: rows of orders that the caller holds locked
-- uses:  sourcing_exclusion_pkey
INSERT INTO sourcing_exclusion (order_id, location_id, reason)
SELECT e.order_id, e.location_id, e.reason
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS e (order_id, location_id, reason)
ON CONFLICT (order_id, location_id) DO UPDATE SET reason = excluded.reason, created_at = now()
