-- Raise the versions of customers by how many events are told of each.
-- in:    ids uuid[], counts integer[]
-- locks: the customers (locked already)
-- uses:  customer_pkey
UPDATE customer AS c
SET version = c.version + d.count
FROM unnest($1::uuid[], $2::integer[]) AS d (id, count)
WHERE c.id = d.id
