-- When carriers say that fulfillments left and arrived. What was seen before it was marked shipped had left by then,
-- though not before it was packed; nothing arrives before it leaves.
-- in:    fulfillment_ids uuid[], seen_ats timestamptz[], delivered_ats timestamptz[] (NULL: not delivered by this)
-- locks: rows of orders that the caller holds locked
-- uses:  fulfillment_pkey
UPDATE fulfillment AS f
SET shipped_at = greatest(f.packed_at, least(f.shipped_at, v.seen_at)),
    delivered_at = CASE WHEN v.delivered_at IS NULL THEN f.delivered_at
                        ELSE greatest(v.delivered_at, f.packed_at, least(f.shipped_at, v.seen_at)) END
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS v (id, seen_at, delivered_at)
WHERE f.id = v.id AND (v.seen_at < f.shipped_at OR v.delivered_at IS NOT NULL)
