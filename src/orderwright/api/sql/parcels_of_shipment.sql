-- The parcels of a shipment with what is in them, their labels and what the carrier said of each, oldest first, as JSON.
-- in:    shipment_id uuid
-- locks: nothing
-- uses:  parcel_shipment_id_n_key, tracking_event_pkey, parcel_unit_pkey, parcel_label_pkey
SELECT p.id, p.n, p.weight_g, p.carrier, p.tracking_number, p.state, p.tracked_at, p.label::text AS label,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object('code', t.code, 'place', t.place,
                                               'happened_at', to_char(t.happened_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                                               'recorded_at', to_char(t.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
                            ORDER BY t.happened_at, t.key)
           FROM tracking_event AS t
           WHERE t.parcel_id = p.id), '[]')::text AS events,
       p.shipped_at, p.length_mm, p.width_mm, p.height_mm,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object('line', u.line_n, 'component', u.component_n, 'quantity', u.quantity)
                            ORDER BY u.line_n, u.component_n)
           FROM parcel_unit AS u
           WHERE u.parcel_id = p.id AND u.quantity > 0), '[]')::text AS units,
       (SELECT f.media_type FROM parcel_label AS f WHERE f.parcel_id = p.id) AS label_type
FROM parcel AS p
WHERE p.shipment_id = $1
ORDER BY p.n
