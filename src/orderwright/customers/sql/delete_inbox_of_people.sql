-- Delete the bodies of refused orders in which an e-mail address or a phone number stands, wherever in the body; each
-- with the address or number that it was found by.
-- in:    emails text[] (small letters), phones text[] (digits alone)
-- locks: the rows deleted
-- uses:  no index to find them: refused orders are few, and erasures are seldom; inbox_pkey
DELETE FROM inbox AS i
USING (
    SELECT f.id, min(f.found_by) AS found_by
    FROM (
        SELECT b.id, lower(btrim(e.value #>> '{}')) AS found_by
        FROM inbox AS b CROSS JOIN LATERAL jsonb_path_query(b.body, '$.**.email') AS e (value)
        UNION ALL
        SELECT b.id, regexp_replace(p.value #>> '{}', '[^0-9]', '', 'g')
        FROM inbox AS b CROSS JOIN LATERAL jsonb_path_query(b.body, '$.**.phone') AS p (value)
    ) AS f
    WHERE f.found_by = ANY ($1::text[] || $2::text[])
    GROUP BY f.id
) AS x
WHERE i.id = x.id
RETURNING x.found_by
