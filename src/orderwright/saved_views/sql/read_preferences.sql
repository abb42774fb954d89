-- How somebody likes their screens.
-- in:    owner text
-- locks: nothing
-- uses:  preference_pkey
SELECT p.name, p.value::text AS value FROM preference AS p WHERE p.owner = $1::text ORDER BY p.name
