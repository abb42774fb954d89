-- The limits of a merchant's roles, then those of its people.
-- in:    merchant text
-- locks: nothing
-- uses:  role_limit_pkey, person_limit_pkey
SELECT r.role, NULL::uuid AS person_id, r.limits::text AS limits FROM role_limit AS r WHERE r.merchant = $1::text
UNION ALL
SELECT NULL, p.person_id, p.limits::text FROM person_limit AS p WHERE p.merchant = $1::text
ORDER BY role NULLS LAST, person_id
