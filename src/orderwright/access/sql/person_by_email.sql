-- Who has an e-mail address, and how they prove it.
-- in:    email text
-- locks: nothing
-- uses:  person_email_key, second_factor_pkey
SELECT p.id, p.email, p.name, p.password_hash, p.deactivated_at, f.confirmed_at IS NOT NULL AS has_second_factor
FROM person AS p
LEFT JOIN second_factor AS f ON f.person_id = p.id
WHERE lower(p.email) = lower($1::text)
