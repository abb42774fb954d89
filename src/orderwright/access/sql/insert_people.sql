-- Keep new people. No row comes back for one whose e-mail address somebody has.
-- in:    ids uuid[], emails text[], names text[], password_hashes text[], locales text[]
-- locks: the e-mail addresses (unique)
-- uses:  person_email_key
INSERT INTO person (id, email, name, password_hash, locale)
SELECT n.id, n.email, n.name, n.password_hash, n.locale
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS n (id, email, name, password_hash, locale)
ORDER BY lower(n.email)
ON CONFLICT (lower(email)) DO NOTHING
RETURNING id
