-- Words of names that are spelled somewhat like given ones or hold them: of each the 200 with the most trigrams in
-- common. The share of trigrams that counts is lowered for the transaction, since two letters of five in the wrong
-- order leave two of ten; it is so before the first word is there to be looked for.
-- in:    words text[], latins text[] (the same in Latin letters, as the index has them)
-- locks: nothing
-- uses:  name_word_latin_idx, by a bitmap
SELECT t.word AS typed, f.word
FROM unnest((SELECT $1::text[] FROM set_config('pg_trgm.similarity_threshold', '0.2', true)), $2::text[]) AS t (word,
latin) CROSS JOIN LATERAL (
    SELECT n.word
    FROM name_word AS n
    WHERE n.latin % t.latin AND length(n.word) BETWEEN length(t.word) - 2 AND length(t.word) + 2
          OR n.latin LIKE '%' || t.latin || '%'
    ORDER BY n.latin <-> t.latin, n.word
    LIMIT 200
) AS f
