-- People need their second factor no longer.
-- in:    person_ids uuid[]
-- locks: the second factors
-- uses:  second_factor_pkey
DELETE FROM second_factor AS f WHERE f.person_id = ANY ($1::uuid[])
