-- How payers pay from now on.
-- in:    payment_ids uuid[], tokens text[]
-- locks: the payments; the caller holds their orders' locks
-- uses:  payment_pkey
UPDATE payment AS p SET token = d.token
FROM unnest($1::uuid[], $2::text[]) AS d (id, token)
WHERE p.id = d.id
