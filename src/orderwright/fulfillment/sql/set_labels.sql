-- Write the labels that a carrier gave. A parcel that has one keeps it: a repeated call changes nothing.
-- in:    parcel_ids uuid[], tracking_numbers text[], labels jsonb[]
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_pkey
UPDATE parcel AS p
SET tracking_number = l.tracking_number, label = l.label, state = 'labelled'
FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) AS l (id, tracking_number, label)
WHERE p.id = l.id AND p.state = 'label_wanted'
