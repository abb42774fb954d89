-- Keep the roles of a merchant. The permissions come as JSON arrays.
-- in:    merchant text, codes text[], names text[], descriptions text[], permissions text[]
-- locks: the roles
-- uses:  role_pkey
INSERT INTO role (merchant, code, name, description, permissions)
SELECT $1::text, n.code, n.name, n.description,
       ARRAY(SELECT p.scope FROM jsonb_array_elements_text(n.permissions::jsonb) AS p (scope))
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS n (code, name, description, permissions)
ORDER BY n.code
ON CONFLICT (merchant, code) DO UPDATE
SET name = excluded.name, description = excluded.description, permissions = excluded.permissions,
    version = role.version + 1
