-- Forget the words that contacts are found by; returns them, pairs too, for each contact.
-- in:    contact_ids uuid[]
-- locks: the rows deleted (the contacts are locked)
-- uses:  contact_word_contact_idx
DELETE FROM contact_word AS w WHERE w.contact_id = ANY ($1::uuid[])
RETURNING w.word
