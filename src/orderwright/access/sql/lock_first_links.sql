-- Let addresses to make the first administrator be used one after the other.
-- in:    nothing
-- locks: the links, FOR UPDATE, by token
-- uses:  one_time_link_pkey (there are few)
SELECT l.person_id, NULL::text AS name, NULL::text AS email
FROM one_time_link AS l
WHERE l.purpose = 'first'
ORDER BY l.token_hash
FOR UPDATE OF l
