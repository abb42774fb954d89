-- The recovery codes of people work no longer.
-- in:    person_ids uuid[]
-- locks: the codes
-- uses:  recovery_code_pkey
DELETE FROM recovery_code AS c WHERE c.person_id = ANY ($1::uuid[])
