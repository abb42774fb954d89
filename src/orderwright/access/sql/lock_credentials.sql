-- Whether a person may still sign in with what was checked a moment ago.
-- in:    person_id uuid
-- locks: the person, FOR UPDATE
-- uses:  person_pkey, second_factor_pkey
SELECT p.id, p.email, p.name, p.password_hash, p.deactivated_at,
       EXISTS (SELECT 1 FROM second_factor AS f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL)
           AS has_second_factor
FROM person AS p
WHERE p.id = $1::uuid
ORDER BY p.id
FOR UPDATE
