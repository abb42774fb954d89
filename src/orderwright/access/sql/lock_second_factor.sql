-- A person's second factor, to take a code.
-- in:    person_id uuid
-- locks: the second factor, FOR UPDATE
-- uses:  second_factor_pkey
SELECT f.person_id, f.secret, f.last_step, f.confirmed_at
FROM second_factor AS f
WHERE f.person_id = $1::uuid
ORDER BY f.person_id
FOR UPDATE
