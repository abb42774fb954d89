-- Keep a person's new password.
-- in:    id uuid, password_hash text
-- locks: the person
-- uses:  person_pkey
UPDATE person AS p SET password_hash = $2::text, version = p.version + 1 WHERE p.id = $1::uuid
