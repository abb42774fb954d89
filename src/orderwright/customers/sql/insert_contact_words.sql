-- Keep words of contacts; those that are there already stay.
-- in:    words text[], order_ids uuid[], contact_ids uuid[]
-- locks: nothing
-- uses:  contact_word_pkey
INSERT INTO contact_word (word, order_id, contact_id)
SELECT w.word, w.order_id, w.contact_id
FROM unnest($1::text[], $2::uuid[], $3::uuid[]) AS w (word, order_id, contact_id)
ON CONFLICT DO NOTHING
