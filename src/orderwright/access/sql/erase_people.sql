-- Nothing personal is left of people: the row stays, so that what they did stays theirs, by its id.
-- in:    ids uuid[], emails text[] (of nobody), names text[] (what stands in their place)
-- locks: the people (locked before)
-- uses:  person_pkey, person_email_key
UPDATE person AS p
SET email = n.email, name = n.name, password_hash = NULL, time_zone = NULL, locale = 'en', theme = 'auto',
    deactivated_at = coalesce(p.deactivated_at, now()), version = p.version + 1
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (id, email, name)
WHERE p.id = n.id
