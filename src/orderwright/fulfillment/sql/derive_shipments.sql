-- Bring shipments to the state that their parcels derive (law T3); returns those that changed.
-- in:    shipment_ids uuid[]
-- locks: rows of orders that the caller holds locked
-- uses:  shipment_pkey, parcel_shipment_id_n_key
UPDATE shipment AS s SET state = d.state, version = s.version + 1
FROM (
    SELECT p.shipment_id,
           CASE WHEN bool_and(p.state = 'cancelled') THEN 'cancelled'
                WHEN bool_or(p.state = 'label_wanted') THEN 'label_wanted'
                WHEN bool_or(p.state <> 'cancelled' AND p.shipped_at IS NULL) THEN 'labelled'
                WHEN bool_and(p.state IN ('delivered', 'cancelled')) THEN 'delivered'
                ELSE 'shipped' END AS state
    FROM parcel AS p
    WHERE p.shipment_id = ANY ($1::uuid[])
    GROUP BY p.shipment_id
) AS d
WHERE s.id = d.shipment_id AND s.state <> d.state
RETURNING s.id, s.fulfillment_id, s.order_id, s.state
