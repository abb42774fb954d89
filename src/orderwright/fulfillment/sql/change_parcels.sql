-- Bring parcels to what the carrier said last. An event older than the newest known does not overwrite; delivered is final.
-- in:    parcel_ids uuid[], states text[], tracked_at timestamptz[]
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_pkey
UPDATE parcel AS p
SET state = t.state, tracked_at = t.tracked_at
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS t (id, state, tracked_at)
WHERE p.id = t.id AND p.state IN ('labelled', 'in_transit', 'out_for_delivery', 'exception')
      AND (t.state = 'delivered' OR p.tracked_at IS NULL OR t.tracked_at >= p.tracked_at)
