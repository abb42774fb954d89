-- The parcels of a shipment with their labels and what the carrier said of each, oldest first, as JSON.
-- in:    shipment_id uuid
-- locks: nothing
-- uses:  parcel_shipment_id_n_key, tracking_event_pkey
SELECT p.id, p.n, p.weight_g, p.carrier, p.tracking_number, p.state, p.tracked_at, p.label::text AS label,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object('code', t.code, 'place', t.place,
                                               'happened_at', to_char(t.happened_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                                               'recorded_at', to_char(t.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
                            ORDER BY t.happened_at, t.key)
           FROM tracking_event AS t
           WHERE t.parcel_id = p.id), '[]')::text AS events
FROM parcel AS p
WHERE p.shipment_id = $1
ORDER BY p.n
