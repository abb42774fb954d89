-- Who somebody of a provider of identities is here, by the provider's own name for them.
-- in:    issuer text, subject text
-- locks: nothing
-- uses:  person_identity_pkey, person_pkey
SELECT p.id, p.email, p.name, p.password_hash, p.deactivated_at,
       EXISTS (SELECT 1 FROM second_factor AS f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL)
           AS has_second_factor
FROM person_identity AS i
JOIN person AS p ON p.id = i.person_id
WHERE i.issuer = $1::text AND i.subject = $2::text
