-- A code was right: it, and those before it, are right no more.
-- in:    person_id uuid, step bigint
-- locks: the second factor
-- uses:  second_factor_pkey
UPDATE second_factor AS f SET last_step = $2::bigint, confirmed_at = coalesce(f.confirmed_at, now())
WHERE f.person_id = $1::uuid
