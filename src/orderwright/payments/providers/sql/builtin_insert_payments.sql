-- Keep newly authorized payments.
-- in:    refs text[], payments text[], currencies text[], tokens text[], authorized bigint[], expires_at timestamptz[]
-- locks: nothing beyond the rows
-- uses:  nothing
INSERT INTO builtin_payment (reference, payment, currency, token, authorized_minor, expires_at)
SELECT d.reference, d.payment, d.currency, d.token, d.authorized_minor, d.expires_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[])
     AS d (reference, payment, currency, token, authorized_minor, expires_at)
