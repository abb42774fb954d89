-- Let people have the limits of their role again.
-- in:    merchant text, person_ids uuid[]
-- locks: the rows; the caller holds the merchant
-- uses:  person_limit_pkey
DELETE FROM person_limit AS p WHERE p.merchant = $1::text AND p.person_id = ANY ($2::uuid[])
