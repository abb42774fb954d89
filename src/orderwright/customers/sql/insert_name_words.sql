-- Keep single words to find them by their spelling; those that are there already stay.
-- in:    words text[] (sorted), latins text[]
-- locks: new words in order; waits for a concurrent transaction that keeps the same one
-- uses:  name_word_pkey
INSERT INTO name_word (word, latin)
SELECT w.word, w.latin FROM unnest($1::text[], $2::text[]) AS w (word, latin)
ON CONFLICT DO NOTHING
