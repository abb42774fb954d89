-- People are known to no provider of identities any more.
-- in:    person_ids uuid[]
-- locks: the identities
-- uses:  person_identity_person_key
DELETE FROM person_identity AS i WHERE i.person_id = ANY ($1::uuid[])
