-- All sessions of people are forgotten, with the addresses and devices that they came from.
-- in:    person_ids uuid[]
-- locks: the sessions
-- uses:  session_person_idx
DELETE FROM session AS s WHERE s.person_id = ANY ($1::uuid[])
