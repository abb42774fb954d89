-- Law G4: what is in the parcels of a fulfillment is what it has packed, shipped and delivered, line by line; a parcel
-- that is not cancelled holds something, and one that is cancelled nothing.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('fulfillment %s line %s component %s', coalesce(a.fulfillment_id, u.fulfillment_id),
              coalesce(a.line_n, u.line_n), coalesce(a.component_n, u.component_n)) AS subject,
       format('packed %s/%s shipped %s/%s delivered %s/%s', coalesce(a.packed, 0), coalesce(u.packed, 0),
              coalesce(a.shipped, 0), coalesce(u.shipped, 0), coalesce(a.delivered, 0), coalesce(u.delivered, 0))
           AS detail
FROM (
    SELECT x.fulfillment_id, x.line_n, x.component_n, x.packed, x.shipped, x.delivered
    FROM allocation AS x
    JOIN shipment AS s ON s.fulfillment_id = x.fulfillment_id
) AS a
FULL JOIN (
    SELECT s.fulfillment_id, i.line_n, i.component_n, sum(i.quantity) FILTER (WHERE p.shipped_at IS NULL) AS packed,
           sum(i.quantity) FILTER (WHERE p.shipped_at IS NOT NULL) AS shipped,
           sum(i.quantity) FILTER (WHERE p.state = 'delivered') AS delivered
    FROM parcel_unit AS i
    LEFT JOIN parcel AS p ON p.id = i.parcel_id
    LEFT JOIN shipment AS s ON s.id = p.shipment_id
    GROUP BY 1, 2, 3
) AS u ON u.fulfillment_id = a.fulfillment_id AND u.line_n = a.line_n AND u.component_n = a.component_n
WHERE coalesce(a.packed, 0) <> coalesce(u.packed, 0) OR coalesce(a.shipped, 0) <> coalesce(u.shipped, 0)
      OR coalesce(a.delivered, 0) <> coalesce(u.delivered, 0)
UNION ALL
SELECT format('parcel %s', p.id), format('state %s with %s units', p.state, coalesce(i.units, 0))
FROM parcel AS p
LEFT JOIN (SELECT parcel_id, sum(quantity) AS units FROM parcel_unit GROUP BY parcel_id) AS i ON i.parcel_id = p.id
WHERE (p.state = 'cancelled') <> (coalesce(i.units, 0) = 0)
LIMIT 100
