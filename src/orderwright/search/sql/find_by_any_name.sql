-- Orders of people or companies whose names hold any of some words or pairs of words, and one word of each of other sets.
-- in:    below uuid (exclusive), from uuid, limit integer, keys text[] (words, or pairs), others text[] (sets of words with
--        blanks between)
-- locks: nothing
-- uses:  contact_word_pkey
SELECT DISTINCT f.order_id AS id
FROM unnest((SELECT $4::text[])) AS k (word)
CROSS JOIN LATERAL (
    SELECT w.order_id
    FROM contact_word AS w
    WHERE w.word = k.word AND w.order_id < $1::uuid AND w.order_id >= $2::uuid
          AND NOT EXISTS (
              SELECT FROM unnest((SELECT $5::text[])) AS o (words)
              WHERE NOT EXISTS (SELECT FROM contact_word AS v
                                WHERE v.word = ANY (string_to_array(o.words, ' ')) AND v.order_id = w.order_id))
    ORDER BY w.order_id DESC
    LIMIT $3::integer
) AS f
ORDER BY f.order_id DESC
LIMIT $3::integer
