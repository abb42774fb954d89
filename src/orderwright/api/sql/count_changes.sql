-- How many things acts changed.
-- in:    act_ids uuid[]
-- locks: nothing
-- uses:  change_pkey
SELECT w.act_id, (
    SELECT c.n + 1 FROM change AS c WHERE c.act_id = w.act_id ORDER BY c.n DESC LIMIT 1
) AS things
FROM unnest($1::uuid[]) AS w (act_id)
