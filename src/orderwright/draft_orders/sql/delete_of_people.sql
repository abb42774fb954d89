-- Erase the draft orders of people: known by an e-mail address or a telephone number, wherever in the draft.
-- in:    keys text[] (`email:` in small letters, `phone:` digits alone), owners uuid[] (whose key each is)
-- locks: the rows deleted
-- uses:  no index to find them: drafts are few, and erasures are seldom; draft_order_pkey
DELETE FROM draft_order AS d
USING (
    SELECT f.id, (array_agg(k.owner))[1] AS owner
    FROM (
        SELECT b.id, 'email:' || lower(btrim(e.value #>> '{}')) AS key
        FROM draft_order AS b CROSS JOIN LATERAL jsonb_path_query(b.body, '$.**.email') AS e (value)
        UNION ALL
        SELECT b.id, 'phone:' || regexp_replace(p.value #>> '{}', '[^0-9]', '', 'g')
        FROM draft_order AS b CROSS JOIN LATERAL jsonb_path_query(b.body, '$.**.phone') AS p (value)
    ) AS f
    JOIN unnest($1::text[], $2::uuid[]) AS k (key, owner) ON k.key = f.key
    GROUP BY f.id
) AS x
WHERE d.id = x.id
RETURNING x.owner
