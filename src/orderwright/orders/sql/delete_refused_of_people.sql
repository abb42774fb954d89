-- Delete the bodies of refused orders of people: known by an e-mail address or a telephone number, wherever in the body;
-- by who they are; or by an order of theirs that was taken later.
-- in:    keys text[] (`email:` in small letters, `phone:` digits alone, `person:` the identity's hash in hex, `order:`
--        channel, unit separator, external id), owners uuid[] (whose key each is)
-- locks: the rows deleted
-- uses:  no index to find them: refused orders are few, and erasures are seldom; inbox_pkey
DELETE FROM inbox AS i
USING (
    SELECT f.id, (array_agg(k.owner))[1] AS owner
    FROM (
        SELECT b.id, 'email:' || lower(btrim(e.value #>> '{}')) AS key
        FROM inbox AS b CROSS JOIN LATERAL jsonb_path_query(b.body, '$.**.email') AS e (value)
        UNION ALL
        SELECT b.id, 'phone:' || regexp_replace(p.value #>> '{}', '[^0-9]', '', 'g')
        FROM inbox AS b CROSS JOIN LATERAL jsonb_path_query(b.body, '$.**.phone') AS p (value)
        UNION ALL
        SELECT b.id, 'person:' || encode(b.identity_hash, 'hex') FROM inbox AS b
        UNION ALL
        SELECT b.id, 'order:' || b.channel || chr(31) || b.external_id FROM inbox AS b
    ) AS f
    JOIN unnest($1::text[], $2::uuid[]) AS k (key, owner) ON k.key = f.key
    GROUP BY f.id
) AS x
WHERE i.id = x.id
RETURNING x.owner
