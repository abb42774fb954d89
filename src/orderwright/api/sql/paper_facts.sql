-- What papers of a fulfillment show: from where, to whom, of which order, and the parcel that is asked for, if one is.
-- in:    parcel_id uuid (NULL: none is asked for), fulfillment_id uuid (NULL: that of the parcel)
-- locks: nothing
-- uses:  parcel_pkey, shipment_pkey, shipment_fulfillment_id_key, fulfillment_pkey, orders_pkey, channel_pkey,
--        location_pkey, contact_pkey, parcel_shipment_id_n_key
SELECT f.id, f.order_id, o.number AS order_number, o.channel_id, f.location_id, f.packed_at, o.placed_at,
       h.name AS shop, l.name AS from_name, l.line1 AS from_line1, l.line2 AS from_line2, l.city AS from_city,
       l.region AS from_region, l.postal_code AS from_postal_code, l.country AS from_country, c.name, c.company,
       c.line1, c.line2, c.city, c.region, c.postal_code, c.country, c.erased_at IS NOT NULL AS erased, s.service,
       p.id AS parcel_id, p.n, p.weight_g, p.carrier, p.tracking_number, p.label IS NOT NULL AS labelled, p.state,
       (SELECT count(*)::integer FROM parcel AS q WHERE q.shipment_id = s.id AND q.state <> 'cancelled') AS parcels
FROM fulfillment AS f
JOIN orders AS o ON o.id = f.order_id
JOIN channel AS h ON h.id = o.channel_id
JOIN location AS l ON l.id = f.location_id
LEFT JOIN contact AS c ON c.id = o.ship_to_contact_id
LEFT JOIN shipment AS s ON s.fulfillment_id = f.id
LEFT JOIN parcel AS p ON p.shipment_id = s.id AND p.id = $1::uuid
WHERE f.id = coalesce($2::uuid, (SELECT i.fulfillment_id FROM parcel AS k JOIN shipment AS i ON i.id = k.shipment_id
                                 WHERE k.id = $1::uuid))
