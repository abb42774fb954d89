-- Keep the new sums of payments.
-- in:    refs text[], then bigint[] for each of authorized, captured, refunded, released; finalized bool[]
-- locks: rows that the caller holds locked
-- uses:  builtin_payment_pkey
UPDATE builtin_payment AS p
SET authorized_minor = d.authorized_minor, captured_minor = d.captured_minor, refunded_minor = d.refunded_minor,
    released_minor = d.released_minor, finalized = d.finalized
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[])
     AS d (reference, authorized_minor, captured_minor, refunded_minor, released_minor, finalized)
WHERE p.reference = d.reference
