-- People belong to no merchant any more.
-- in:    person_ids uuid[]
-- locks: the memberships
-- uses:  membership_pkey
DELETE FROM membership AS m WHERE m.person_id = ANY ($1::uuid[])
