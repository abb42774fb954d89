-- Make sure that there are rows to count wrong attempts in.
-- in:    subjects bytea[] (sorted)
-- locks: the subjects (sorted)
-- uses:  sign_in_failure_pkey
INSERT INTO sign_in_failure (subject)
SELECT n.subject FROM unnest($1::bytea[]) AS n (subject) ORDER BY n.subject
ON CONFLICT (subject) DO NOTHING
