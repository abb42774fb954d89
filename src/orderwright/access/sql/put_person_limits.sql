-- Say how much people may do without approval, instead of what their role says.
-- in:    merchant text, person_ids uuid[], limits text[] (JSON objects)
-- locks: the rows; the caller holds the merchant
-- uses:  person_limit_pkey
INSERT INTO person_limit (merchant, person_id, limits)
SELECT $1::text, n.person_id, n.limits::jsonb
FROM unnest($2::uuid[], $3::text[]) AS n (person_id, limits)
ORDER BY n.person_id
ON CONFLICT (merchant, person_id) DO UPDATE SET limits = excluded.limits
