-- A page of parcels that no return expected, oldest first, with what was in them.
-- in:    states text[], location_ids uuid[] (NULL: all), after_id uuid (exclusive), page integer
-- locks: nothing
-- uses:  unexpected_return_pkey, unexpected_item_pkey, location_pkey
SELECT u.id, l.code AS location, u.state, u.return_id, u.matched_id, u.tracking_number, u.reference, u.entered_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('sku', i.sku_code, 'known', i.sku_id IS NOT NULL,
                                                     'quantity', i.quantity) ORDER BY i.n), '[]')
        FROM unexpected_item AS i WHERE i.unexpected_id = u.id)::text AS items
FROM unexpected_return AS u
JOIN location AS l ON l.id = u.location_id
WHERE u.id > $3 AND u.state = ANY ($1::text[]) AND ($2::uuid[] IS NULL OR u.location_id = ANY ($2::uuid[]))
ORDER BY u.id
LIMIT $4::integer
