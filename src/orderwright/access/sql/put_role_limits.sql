-- Say how much people of roles may do without approval.
-- in:    merchant text, roles text[], limits text[] (JSON objects)
-- locks: the rows; the caller holds the merchant
-- uses:  role_limit_pkey
INSERT INTO role_limit (merchant, role, limits)
SELECT $1::text, n.role, n.limits::jsonb
FROM unnest($2::text[], $3::text[]) AS n (role, limits)
ORDER BY n.role
ON CONFLICT (merchant, role) DO UPDATE SET limits = excluded.limits
