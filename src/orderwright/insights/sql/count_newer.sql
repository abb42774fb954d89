-- How many orders came after one id: until another, and after that too. Reads the index alone.
-- in:    after uuid, until uuid
-- locks: nothing
-- uses:  orders_pkey
SELECT count(*) FILTER (WHERE o.id <= $2::uuid) AS settled, count(*) FILTER (WHERE o.id > $2::uuid) AS recent
FROM orders AS o
WHERE o.id > $1::uuid
