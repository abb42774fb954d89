-- People by id or e-mail address, to be changed.
-- in:    person_ids uuid[], emails text[] (in lower case)
-- locks: people (id order), FOR UPDATE
-- uses:  person_pkey, person_email_key
SELECT p.id, p.email, p.name, p.time_zone, p.locale, p.theme, p.created_at, p.deactivated_at, p.version,
       p.password_hash IS NOT NULL AS has_password
FROM person AS p
WHERE p.id = ANY ($1::uuid[]) OR lower(p.email) = ANY ($2::text[])
ORDER BY p.id
FOR UPDATE
