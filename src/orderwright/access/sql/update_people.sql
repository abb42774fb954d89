-- Write what is known of people.
-- in:    ids uuid[], emails text[], names text[], time_zones text[], locales text[], themes text[]
-- locks: the people
-- uses:  person_pkey, person_email_key
UPDATE person AS p
SET email = n.email, name = n.name, time_zone = n.time_zone, locale = n.locale, theme = n.theme, version = p.version + 1
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
     AS n (id, email, name, time_zone, locale, theme)
WHERE p.id = n.id
