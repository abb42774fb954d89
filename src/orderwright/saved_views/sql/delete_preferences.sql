-- Forget how somebody likes some of their screens.
-- in:    owner text, names text[]
-- locks: the rows
-- uses:  preference_pkey
DELETE FROM preference WHERE owner = $1::text AND name = ANY ($2::text[])
