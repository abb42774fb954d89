-- Lock payments at the built-in provider.
-- in:    refs text[]
-- locks: builtin_payment (reference order), FOR UPDATE: after troubles, before operations
-- uses:  builtin_payment_pkey
SELECT p.reference, p.payment, p.currency, p.token, p.authorized_minor, p.captured_minor, p.refunded_minor,
       p.released_minor, p.finalized, p.expires_at
FROM builtin_payment AS p
WHERE p.reference = ANY ($1::text[])
ORDER BY p.reference
FOR UPDATE
