-- The roles that a merchant made, by code.
-- in:    merchant text
-- locks: nothing
-- uses:  role_pkey
SELECT r.code, r.name, r.description, r.permissions
FROM role AS r
WHERE r.merchant = $1::text
ORDER BY r.code
