-- Remember who somebody of a provider is here. No row comes back where the person, or the name, is taken.
-- in:    issuer text, subject text, person_id uuid
-- locks: the identity (unique)
-- uses:  person_identity_pkey, person_identity_person_key
INSERT INTO person_identity (issuer, subject, person_id) VALUES ($1::text, $2::text, $3::uuid)
ON CONFLICT DO NOTHING
RETURNING person_id AS id
