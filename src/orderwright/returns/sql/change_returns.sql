-- Change the state of returns, where it is still what was read (law T3), with what came with it.
-- in:    ids uuid[], was text[], states text[], label_fees bigint[], scanned_at timestamptz[]
-- locks: rows of orders that the caller holds locked
-- uses:  customer_return_pkey
UPDATE customer_return AS r
SET state = d.state, label_fee_minor = d.label_fee, scanned_at = d.scanned_at, version = r.version + 1,
    entered_at = CASE WHEN r.state = d.state THEN r.entered_at ELSE now() END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
     AS d (id, was, state, label_fee, scanned_at)
WHERE r.id = d.id AND r.state = d.was
