-- Orders with a fulfillment at any of these locations, rejected and cancelled ones aside: the newest of each, merged.
-- in:    below uuid (exclusive), from uuid, limit integer, location_ids uuid[]
-- locks: nothing
-- uses:  fulfillment_location_idx, once a location
SELECT DISTINCT f.id
FROM unnest((SELECT $4::uuid[])) AS l (id)
CROSS JOIN LATERAL (
    SELECT DISTINCT t.order_id AS id
    FROM fulfillment AS t
    WHERE t.location_id = l.id AND t.state NOT IN ('rejected', 'cancelled')
          AND t.order_id < $1::uuid AND t.order_id >= $2::uuid
    ORDER BY t.order_id DESC
    LIMIT $3::integer
) AS f
ORDER BY f.id DESC
LIMIT $3::integer
