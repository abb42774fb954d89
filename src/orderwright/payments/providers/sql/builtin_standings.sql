-- Payments, each beside all that was asked about it. One statement, hence one moment: what was done is in the sums.
-- in:    keys text[], refs text[], payments text[]
-- locks: nothing
-- uses:  builtin_operation_pkey, builtin_operation_reference_idx, builtin_payment_pkey, builtin_payment_payment_idx
WITH wanted AS (
    SELECT r.reference FROM unnest($2::text[]) AS r (reference)
    UNION
    SELECT p.reference FROM builtin_payment AS p WHERE p.payment = ANY ($3::text[])
    UNION
    SELECT o.reference FROM builtin_operation AS o WHERE o.key = ANY ($1::text[])
)
SELECT o.key, o.kind, o.amount_minor, o.done, o.code, p.reference, p.payment, p.currency, p.token, p.authorized_minor,
       p.captured_minor, p.refunded_minor, p.released_minor, p.finalized, p.expires_at
FROM wanted AS w
JOIN builtin_payment AS p ON p.reference = w.reference
JOIN builtin_operation AS o ON o.reference = w.reference
ORDER BY o.created_at, o.n
