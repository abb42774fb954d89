-- Give parcels another carrier and tracking number. A label that was bought is of the old number: it goes.
-- in:    parcel_ids uuid[], carriers text[], tracking_numbers text[]
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_pkey
UPDATE parcel AS p
SET carrier = t.carrier, tracking_number = t.tracking_number, label = NULL,
    state = CASE p.state WHEN 'label_wanted' THEN 'labelled' ELSE p.state END
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t (id, carrier, tracking_number)
WHERE p.id = t.id
