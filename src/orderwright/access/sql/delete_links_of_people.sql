-- The addresses that were made for people to choose a password are forgotten.
-- in:    person_ids uuid[]
-- locks: the links
-- uses:  one_time_link_person_idx
DELETE FROM one_time_link AS l WHERE l.person_id = ANY ($1::uuid[])
