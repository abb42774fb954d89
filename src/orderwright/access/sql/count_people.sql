-- How many people there are, up to one: whether anybody was made yet.
-- in:    nothing
-- locks: nothing
-- uses:  person_pkey
SELECT count(*) AS people FROM (SELECT p.id FROM person AS p ORDER BY p.id LIMIT 1) AS one
