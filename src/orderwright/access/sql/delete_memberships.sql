-- People no longer belong to a merchant.
-- in:    merchant text, person_ids uuid[]
-- locks: the memberships
-- uses:  membership_pkey
DELETE FROM membership AS m WHERE m.merchant = $1::text AND m.person_id = ANY ($2::uuid[])
