-- Remove roles that a merchant made.
-- in:    merchant text, codes text[]
-- locks: the roles
-- uses:  role_pkey
DELETE FROM role AS r WHERE r.merchant = $1::text AND r.code = ANY ($2::text[])
