-- An attempt was right: the account begins anew, the address it came from has one less.
-- in:    forgiven bytea[], lessened bytea[]
-- locks: the subjects
-- uses:  sign_in_failure_pkey
UPDATE sign_in_failure AS a
SET failures = CASE WHEN a.subject = ANY ($1::bytea[]) THEN 0 ELSE greatest(a.failures - 1, 0) END,
    blocked_until = NULL
WHERE a.subject = ANY ($1::bytea[] || $2::bytea[])
