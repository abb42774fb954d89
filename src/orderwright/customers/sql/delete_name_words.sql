-- Forget words that no contact has any more.
-- in:    words text[] (sorted)
-- locks: the rows deleted (the lock of words is held alone)
-- uses:  name_word_pkey, contact_word_pkey
DELETE FROM name_word AS n
WHERE n.word = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM contact_word AS w WHERE w.word = n.word)
