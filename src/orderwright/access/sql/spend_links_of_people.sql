-- The addresses that were made for people before work no longer.
-- in:    person_ids uuid[]
-- locks: the links
-- uses:  one_time_link_person_idx
UPDATE one_time_link AS l SET used_at = now() WHERE l.person_id = ANY ($1::uuid[]) AND l.used_at IS NULL
