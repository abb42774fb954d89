-- Keep how somebody likes their screens; what was kept by the same names before is forgotten.
-- in:    owner text, names text[] (sorted, each once), values text[] (JSON)
-- locks: the rows, in order of names
-- uses:  preference_pkey
INSERT INTO preference (owner, name, value)
SELECT $1::text, d.name, d.value::jsonb FROM unnest($2::text[], $3::text[]) AS d (name, value)
ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value, updated_at = now()
