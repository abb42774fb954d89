-- Orders of people or companies with a word that begins as given, and with other, whole words. The words with that
-- beginning are met one by one (1,000 at most), each by a step in the index; of those whose newest order is newest, as
-- many as orders are asked for can matter.
-- in:    below uuid (exclusive), from uuid, limit integer, first text, end text (words from `first` to before `end`),
--        partner text (another word, or NULL), others text[] (more words)
-- locks: nothing
-- uses:  contact_word_pkey
WITH RECURSIVE start AS (
    (SELECT w.word, 1 AS n
     FROM contact_word AS w
     WHERE w.word >= $4::text AND w.word < $5::text
     ORDER BY w.word
     LIMIT 1)
    UNION ALL
    SELECT x.word, s.n + 1
    FROM start AS s
    CROSS JOIN LATERAL (
        SELECT w.word
        FROM contact_word AS w
        WHERE w.word > s.word AND w.word < $5::text
        ORDER BY w.word
        LIMIT 1
    ) AS x
    WHERE s.n < 1000
), key AS (
    SELECT s.word, k.key
    FROM start AS s
    CROSS JOIN LATERAL (
        SELECT CASE WHEN $6::text IS NULL THEN s.word
                    ELSE ' ' || least(s.word, $6::text) || ' ' || greatest(s.word, $6::text) END AS key
    ) AS k
    CROSS JOIN LATERAL (
        SELECT w.order_id
        FROM contact_word AS w
        WHERE w.word = k.key AND w.order_id < $1::uuid
        ORDER BY w.order_id DESC
        LIMIT 1
    ) AS newest
    ORDER BY newest.order_id DESC
    LIMIT CASE WHEN cardinality($7::text[]) = 0 THEN $3::integer ELSE 1000 END
)
SELECT DISTINCT f.order_id AS id
FROM key AS k
CROSS JOIN LATERAL (
    SELECT w.order_id
    FROM contact_word AS w
    WHERE w.word = k.key AND w.order_id < $1::uuid AND w.order_id >= $2::uuid
          AND NOT EXISTS (
              SELECT FROM unnest((SELECT $7::text[])) AS o (word)
              WHERE NOT EXISTS (
                  SELECT FROM contact_word AS v
                  WHERE v.word = ' ' || least(o.word, k.word) || ' ' || greatest(o.word, k.word)
                        AND v.order_id = w.order_id))
    ORDER BY w.order_id DESC
    LIMIT $3::integer
) AS f
ORDER BY f.order_id DESC
LIMIT $3::integer
