-- Let people sign in no longer, or again.
-- in:    ids uuid[], deactivated boolean
-- locks: the people
-- uses:  person_pkey
UPDATE person AS p SET deactivated_at = CASE WHEN $2::boolean THEN now() END, version = p.version + 1
WHERE p.id = ANY ($1::uuid[])
