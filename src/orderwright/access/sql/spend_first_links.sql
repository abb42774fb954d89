-- The addresses to make the first administrator work no longer.
-- in:    nothing
-- locks: the links
-- uses:  one_time_link_pkey (there are few)
UPDATE one_time_link AS l SET used_at = now() WHERE l.purpose = 'first' AND l.used_at IS NULL
