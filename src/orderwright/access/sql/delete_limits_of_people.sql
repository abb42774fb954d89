-- People have limits of their own nowhere any more.
-- in:    person_ids uuid[]
-- locks: the rows
-- uses:  person_limit_person_idx
DELETE FROM person_limit AS p WHERE p.person_id = ANY ($1::uuid[])
