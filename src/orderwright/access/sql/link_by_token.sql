-- What an address that works once is for, if it still works.
-- in:    token_hash bytea, purpose text
-- locks: nothing
-- uses:  one_time_link_pkey, person_pkey
SELECT l.person_id, p.name, p.email
FROM one_time_link AS l
LEFT JOIN person AS p ON p.id = l.person_id
WHERE l.token_hash = $1::bytea AND l.purpose = $2::text AND l.used_at IS NULL AND l.expires_at > now()
  AND p.deactivated_at IS NULL
