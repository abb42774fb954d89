-- Let accounts be as new ones: another name, nothing of theirs to sign in with, and not deactivated.
-- in:    ids uuid[], names text[]
-- locks: the people (locked before)
-- uses:  person_pkey
UPDATE person AS p
SET name = n.name, password_hash = NULL, time_zone = NULL, theme = 'auto', deactivated_at = NULL,
    version = p.version + 1
FROM unnest($1::uuid[], $2::text[]) AS n (id, name)
WHERE p.id = n.id
