-- A person as they see themselves.
-- in:    person_id uuid
-- locks: nothing
-- uses:  person_pkey, second_factor_pkey, recovery_code_pkey, person_identity_person_key
SELECT p.id, p.email, p.name, p.time_zone, p.locale, p.theme, p.password_hash,
       f.confirmed_at AS second_factor_at,
       (SELECT count(*) FROM recovery_code AS c WHERE c.person_id = p.id AND c.used_at IS NULL) AS recovery_codes,
       ARRAY(SELECT i.issuer FROM person_identity AS i WHERE i.person_id = p.id ORDER BY i.issuer) AS issuers
FROM person AS p
LEFT JOIN second_factor AS f ON f.person_id = p.id
WHERE p.id = $1::uuid AND p.deactivated_at IS NULL
