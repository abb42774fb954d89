-- Take the limits of roles away.
-- in:    merchant text, roles text[]
-- locks: the rows; the caller holds the merchant
-- uses:  role_limit_pkey
DELETE FROM role_limit AS r WHERE r.merchant = $1::text AND r.role = ANY ($2::text[])
