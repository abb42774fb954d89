-- Orders of people or companies whose names hold a word, or a pair of words and other pairs too.
-- in:    below uuid (exclusive), from uuid, limit integer, key text (a word, or a pair), others text[] (more pairs)
-- locks: nothing
-- uses:  contact_word_pkey
SELECT DISTINCT w.order_id AS id
FROM contact_word AS w
WHERE w.word = $4::text AND w.order_id < $1::uuid AND w.order_id >= $2::uuid
      AND NOT EXISTS (
          SELECT FROM unnest((SELECT $5::text[])) AS k (word)
          WHERE NOT EXISTS (SELECT FROM contact_word AS v WHERE v.word = k.word AND v.order_id = w.order_id))
ORDER BY w.order_id DESC
LIMIT $3::integer
