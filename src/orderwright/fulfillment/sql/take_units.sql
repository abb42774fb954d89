-- Take units out of parcels.
-- in:    parcel_ids uuid[], line_ns int[], component_ns int[], quantities int[]
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_unit_pkey
UPDATE parcel_unit AS u SET quantity = u.quantity - t.quantity
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[]) AS t (parcel_id, line_n, component_n, quantity)
WHERE u.parcel_id = t.parcel_id AND u.line_n = t.line_n AND u.component_n = t.component_n
