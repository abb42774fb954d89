-- Keep the new sums of holds.
-- in:    hold_ids uuid[], then bigint[] for each of authorized, captured, refunded, released; finalized bool[]
-- locks: rows whose accounts the caller holds locked
-- uses:  credit_hold_pkey
UPDATE credit_hold AS h
SET authorized_minor = d.authorized_minor, captured_minor = d.captured_minor, refunded_minor = d.refunded_minor,
    released_minor = d.released_minor, finalized = d.finalized
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[])
     AS d (id, authorized_minor, captured_minor, refunded_minor, released_minor, finalized)
WHERE h.id = d.id
