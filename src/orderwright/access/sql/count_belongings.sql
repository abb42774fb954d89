-- Whether anybody belongs to any merchant yet, counted up to one.
-- in:    nothing
-- locks: nothing
-- uses:  membership_pkey
SELECT count(*) AS people FROM (SELECT m.person_id FROM membership AS m ORDER BY m.person_id, m.merchant LIMIT 1) AS one
