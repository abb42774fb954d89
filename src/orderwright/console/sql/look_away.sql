-- Somebody is done with a thing.
-- in:    order_id uuid, person_id uuid
-- locks: the row
-- uses:  presence_pkey
DELETE FROM presence AS p WHERE p.order_id = $1 AND p.person_id = $2
