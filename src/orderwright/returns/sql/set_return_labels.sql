-- Write the labels that a carrier gave. A return that has one keeps it: a repeated call changes nothing.
-- in:    return_ids uuid[], carriers text[], tracking_numbers text[], labels jsonb[]
-- locks: rows of orders that the caller holds locked
-- uses:  customer_return_pkey
UPDATE customer_return AS r
SET carrier = l.carrier, tracking_number = l.tracking_number, label = l.label, version = r.version + 1
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[]) AS l (id, carrier, tracking_number, label)
WHERE r.id = l.id AND r.tracking_number IS NULL
